import { listOf } from './account-documents.ts';
import { ACCOUNT, LISTS, type ListName, PARTITION, type RoleStatement } from './model.ts';

/** A text in HCL's quotes; `${` of its own stays text. https://developer.hashicorp.com/terraform/language/expressions/strings */
export const quotedHcl = (words: string): string =>
  `"${words
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/([$%])\{/g, '$1$1{')}"`;

const LOCALS: Readonly<Record<ListName, string>> = {
  stacks: 'stacks',
  stateObjects: 'state_objects',
  lockTables: 'lock_tables',
};

/** A pattern of a template as an expression, where nothing stands for a list. */
export const patternHcl = (pattern: string): string =>
  quotedHcl(pattern).replaceAll(ACCOUNT, `\${local.account}`).replaceAll(PARTITION, `\${local.partition}`);

/** Patterns as an expression of a list; those that stand for a list go through it. */
function listHcl(patterns: readonly string[], indent: string): string {
  const lists = patterns.filter((pattern) => listOf(pattern) !== undefined);
  const plain = patterns.filter((pattern) => listOf(pattern) === undefined);
  const expressions = lists.map((pattern) => {
    const list = listOf(pattern) ?? 'stacks';
    const from = `local.here.${LOCALS[list]}`;
    if (pattern === LISTS[list]) return from;
    return `[for one in ${from} : ${patternHcl(pattern).replaceAll(LISTS[list], `\${one}`)}]`;
  });
  const own = plain.length === 0 ? [] : [bracketed(plain.map(patternHcl), indent)];
  const all = [...expressions, ...own];
  return all.length === 1 ? (all[0] ?? '[]') : `concat(${all.join(', ')})`;
}

const LONGEST_LINE = 100;

function bracketed(items: readonly string[], indent: string): string {
  const line = `[${items.join(', ')}]`;
  return line.length <= LONGEST_LINE
    ? line
    : `[\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}]`;
}

/** `name = value` lines as `terraform fmt` puts them: neighbours aligned, where their values stand in one line. */
export function attributes(
  members: readonly (readonly [string, string])[],
  indent: string,
): readonly string[] {
  const lines: string[] = [];
  let run: (readonly [string, string])[] = [];
  const close = (): void => {
    const width = Math.max(0, ...run.map(([name]) => name.length));
    lines.push(...run.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`));
    run = [];
  };
  for (const member of members) {
    if (member[1].includes('\n')) {
      close();
      lines.push(`${indent}${member[0]} = ${member[1]}`);
    } else run.push(member);
  }
  close();
  return lines;
}

/** `jsonencode({…})` of a policy, each statement under its reason; to stand behind `indent`. */
export const policyHcl = (statements: readonly RoleStatement[], indent = '  '): string =>
  [
    'jsonencode({',
    `${indent}  Version = "2012-10-17"`,
    `${indent}  Statement = [`,
    ...statements.flatMap((statement) => statementHcl(statement, `${indent}    `)),
    `${indent}  ]`,
    `${indent}})`,
  ].join('\n');

function statementHcl(statement: RoleStatement, indent: string): readonly string[] {
  const { sid, why, effect, principal, actions, resources, conditions = {} } = statement;
  const inside = `${indent}  `;
  const members: [string, string][] = [
    ['Sid', quotedHcl(sid)],
    ['Effect', quotedHcl(effect)],
  ];
  if (principal !== undefined)
    members.push(['Principal', `{ ${principal.kind} = ${patternHcl(principal.id)} }`]);
  members.push([actions.isNegated ? 'NotAction' : 'Action', listHcl(actions.patterns, inside)]);
  if (resources !== undefined)
    members.push([resources.isNegated ? 'NotResource' : 'Resource', listHcl(resources.patterns, inside)]);
  const operators = Object.entries(conditions).map(
    ([operator, keys]) =>
      `${inside}  ${operator} = {\n${attributes(
        Object.entries(keys).map(([key, words]) => [quotedHcl(key), listHcl(words, `${inside}    `)]),
        `${inside}    `,
      ).join('\n')}\n${inside}  }`,
  );
  if (operators.length > 0) members.push(['Condition', `{\n${operators.join('\n')}\n${inside}}`]);
  return [...comment(why.en, indent), `${indent}{`, ...attributes(members, inside), `${indent}},`];
}

/** Lines of a comment, folded at words. */
export function comment(words: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length + 3 > LONGEST_LINE) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}
