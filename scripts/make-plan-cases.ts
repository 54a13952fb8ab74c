/**
 * Makes the golden plan files of src/plan/cases anew, with the Terraform on PATH: for every folder there, the plan of
 * `main.tf` (after an apply of `before/main.tf`, where there is one) as `plan.tfplan`, and what we read in it as
 * `expected.json`. Look at the difference before committing it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planToJson, readPlanFile } from '#plan';

const cases = fileURLToPath(new URL('../src/plan/cases/', import.meta.url));

function terraform(folder: string, ...args: readonly string[]): void {
  execFileSync('terraform', args, {
    cwd: folder,
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

for (const name of readdirSync(cases)) {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-case-'));
  const source = join(cases, name);
  if (existsSync(join(source, 'before'))) {
    cpSync(join(source, 'before'), folder, { recursive: true });
    terraform(folder, 'init', '-input=false');
    terraform(folder, 'apply', '-input=false', '-auto-approve');
  }
  cpSync(join(source, 'main.tf'), join(folder, 'main.tf'));
  terraform(folder, 'init', '-input=false');
  terraform(folder, 'plan', '-input=false', '-out=plan.tfplan');
  cpSync(join(folder, 'plan.tfplan'), join(source, 'plan.tfplan'));
  const plan = await readPlanFile(readFileSync(join(source, 'plan.tfplan')));
  if (!plan.ok) throw new Error(`${name}: ${JSON.stringify(plan.error)}`);
  writeFileSync(join(source, 'expected.json'), `${JSON.stringify(planToJson(plan.value, []), null, 2)}\n`);
  rmSync(folder, { recursive: true });
}
