/** Loaded before the tests that judge mutants: that a property fails is enough, the least example is not needed. */
import { configureGlobal } from 'fast-check';

configureGlobal({ endOnFailure: true });
