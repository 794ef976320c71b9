// A file of its own, so that the parser it needs is loaded apart.
export { checkEdits } from '@distrace/instrumentation/wire';
