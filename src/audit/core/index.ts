export * from './chain.ts';
export * from './checkpoint.ts';
export * from './entry.ts';
export * from './export-file.ts';
export * from './kept.ts';
export * from './merkle.ts';
export * from './redaction.ts';
export * from './signed-note.ts';
