import { parseStackName, type StackName } from '#core-values';
import { affectedStacks, type RepositoryFile, repositoryReader } from '#repository';

/*
 * node bench/affected-stacks.ts: which of 1,000 stacks in a repository of 9,900 files a change affects. Exits 1 where the two sides take longer than
 * 8 s of processor time to read, or the verdict longer than 2 s however many files changed.
 */

const [STACKS, MODULES] = [1_000, 300];
const [MOST_READING_MS, MOST_JUDGING_MS] = [8_000, 2_000];

const nameOf = (index: number): StackName => {
  const name = parseStackName(`stack-${index}`);
  if (name === undefined) throw new Error('not a name');
  return name;
};
const call = (name: string, module: number): string =>
  `module "${name}" {\n  source = "../../../modules/${module}"\n}\n`;

const stacks = Array.from({ length: STACKS }, (_, index) => ({
  name: nameOf(index),
  path: `stacks/team-${index % 50}/${index}`,
  dependsOn: index % 7 === 0 && index > 0 ? [nameOf(index - 1)] : [],
  alsoAffectedBy: [`shared/${index}/**`],
}));

function* filesOf(): Generator<RepositoryFile> {
  for (const [index, { path }] of stacks.entries()) {
    const backend = `terraform {\n  backend "s3" {\n    key = "${index}"\n  }\n}\nprovider "aws" {}\n`;
    yield { path: `${path}/main.tf`, text: backend };
    const calls = [0, 1, 2, 3, 4].map((each) => call(`m${each}`, (index * 3 + each * 7) % MODULES));
    yield { path: `${path}/modules.tf`, text: calls.join('') };
    for (let each = 0; each < 7; each += 1) {
      const policy = 'templatefile("$' + '{path.module}/policy.json", {})';
      const text = `resource "aws_sqs_queue" "q${each}" {\n  name   = "q-${index}"\n  policy = ${policy}\n}\n`;
      yield { path: `${path}/queue-${each}.tf`, text };
    }
  }
  for (let module = 0; module < MODULES; module += 1) {
    const next = module + 10 < MODULES ? `module "next" {\n  source = "../${module + 10}"\n}\n` : '';
    for (const text of [next, `variable "a" {}\n# ${module}\n`, `output "b" {}\n# ${module}\n`]) {
      yield { path: `modules/${module}/${text.length}.tf`, text };
    }
  }
}

/** Processor time of the whole process, the parser's thread too: it says the same while others work. */
function sinceMs(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return Math.round((user + system) / 1_000);
}

const files = [...filesOf()];
const read = repositoryReader();
const beganReading = process.cpuUsage();
const [before, after] = [await read(files), await read(files)];
if (!before.ok || !after.ok) throw new Error('The repository was not read.');
const tookReadingMs = sinceMs(beganReading);

const judgedMs = [1, 100, files.length].map((count) => {
  const changedFiles = files.slice(-count).map(({ path }) => ({ path, status: 'modified' }) as const);
  const began = process.cpuUsage();
  affectedStacks({ stacks, before: before.value, after: after.value, changedFiles });
  return sinceMs(began);
});
const met = tookReadingMs <= MOST_READING_MS && Math.max(...judgedMs) <= MOST_JUDGING_MS;
const figures = {
  stacks: STACKS,
  files: files.length,
  readBothSidesMs: tookReadingMs,
  judgedMs,
  met,
};
console.log(JSON.stringify(figures));
if (!met) process.exitCode = 1;
