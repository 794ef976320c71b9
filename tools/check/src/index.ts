/** The import rules as a function over files, and their table. */
export { checkImports, formatViolation } from './import-rules.ts';
export type { Violation } from './import-rules.ts';
export type { SourceFile } from './packages.ts';
export { rooms } from './rooms.ts';
export type { Room } from './rooms.ts';
/** The count that the reporter prints. */
export { countRun, formatCount } from './run-count.ts';
export type { RunCount } from './run-count.ts';
