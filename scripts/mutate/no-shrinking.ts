/** Loaded before the tests that judge mutants: that a property fails is enough, the least example is not needed. */
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true });
