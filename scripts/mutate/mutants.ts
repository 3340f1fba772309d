/** Small changes to a source that some test should notice. */
import { parseSync } from 'oxc-parser';

/** What is changed: `--kinds` takes these. Thresholds are the numbers of constants in capitals. */
export const MUTANT_KINDS = [
  'thresholds',
  'numbers',
  'comparisons',
  'logic',
  'arithmetic',
  'booleans',
] as const;

export type MutantKind = (typeof MUTANT_KINDS)[number];

/** One change to one file. */
export interface Mutant {
  readonly kind: MutantKind;
  /** Offsets of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** From 1 on. */
  readonly line: number;
  /** The line as it stands, without its indentation. */
  readonly lineText: string;
  readonly original: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

type Change = Pick<Mutant, 'kind' | 'start' | 'end' | 'replacement'>;

const COMPARISONS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
};
const ARITHMETIC: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*' };
const LOGIC: Readonly<Record<string, string>> = { '&&': '||', '||': '&&' };

/** Every mutant of a source, in the order of the text. Throws where the source cannot be parsed. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? 'not parsed'}`);
  const changes: Change[] = [];
  visit(program as unknown as Node, source, changes);
  return changes
    .toSorted((a, b) => a.start - b.start)
    .map((change) => {
      const before = source.slice(0, change.start).split('\n');
      const lineText = source.split('\n')[before.length - 1]?.trim() ?? '';
      const original = source.slice(change.start, change.end);
      return { ...change, line: before.length, lineText, original };
    });
}

/** The source with the mutant in it. */
export function mutated(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** Types are erased; these wrap an expression. */
const WRAPPERS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

function visit(node: Node, source: string, changes: Change[], isThreshold = false): void {
  if (node.type === 'ImportDeclaration') return;
  if (node.type.startsWith('TS') && !WRAPPERS.has(node.type)) return;
  const isBelow = isThreshold || isConstant(node);
  for (const change of changesAt(node, source))
    changes.push(isBelow && change.kind === 'numbers' ? { ...change, kind: 'thresholds' } : change);
  for (const [key, value] of Object.entries(node)) {
    if (key === 'typeAnnotation' || key === 'typeArguments') continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) visit(child, source, changes, isBelow);
  }
}

/** `LIMIT_MS = 2000`, or an object or a list of them. */
function isConstant({ type, id }: Node): boolean {
  const name = type === 'VariableDeclarator' && isNode(id) ? id['name'] : undefined;
  return typeof name === 'string' && /^[A-Z][A-Z\d_]*$/.test(name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function changesAt(node: Node, source: string): Change[] {
  const { type, start, end } = node;
  if (type === 'Literal' && typeof node['value'] === 'number')
    return numbersNear(node['value']).map((replacement) => ({
      kind: 'numbers',
      start,
      end,
      replacement,
    }));
  if (type === 'Literal' && typeof node['value'] === 'boolean')
    return [{ kind: 'booleans', start, end, replacement: String(!node['value']) }];
  if (type === 'LogicalExpression') return operatorChange('logic', node, LOGIC, source);
  if (type !== 'BinaryExpression') return [];
  // What joins text has no difference.
  const joinsText = [node['left'], node['right']].some((side) => isNode(side) && isText(side));
  return [
    ...operatorChange('comparisons', node, COMPARISONS, source),
    ...(joinsText ? [] : operatorChange('arithmetic', node, ARITHMETIC, source)),
  ];
}

const isText = ({ type, value }: Node) =>
  type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string');

function operatorChange(
  kind: MutantKind,
  node: Node,
  replacements: Readonly<Record<string, string>>,
  source: string,
): Change[] {
  const operator = String(node['operator']);
  const replacement = replacements[operator];
  const [left, right] = [node['left'], node['right']];
  if (replacement === undefined || !isNode(left) || !isNode(right)) return [];
  const start = source.indexOf(operator, left.end);
  return start < right.start ? [{ kind, start, end: start + operator.length, replacement }] : [];
}

/** A number a little greater and one a little smaller. */
function numbersNear(value: number): string[] {
  if (!Number.isInteger(value)) return [value * 1.1, value * 0.9].map((near) => String(near));
  const step = Math.max(1, Math.round(Math.abs(value) / 10));
  // A minus before it would make two of them.
  return [value + step, value - step].map((near) => (near < 0 ? `(${near})` : String(near)));
}
