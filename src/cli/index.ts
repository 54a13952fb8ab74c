export { failUnexpectedly } from './bug.ts';
export type { CliCommand, CliCommandEntry } from './command.ts';
export type { CliContext, CliOutput, ExitCode } from './context.ts';
export { chosenLanguage } from './language.ts';
export { failWith } from './problem-text.ts';
export { runProgram } from './program.ts';
export { COMMANDS } from './registry.ts';
