// The server as a module, and as a whole.
export { InstrServerModule } from './instr-server.module.js';
export { createInstrServer } from './create-instr-server.js';
export type { InstrServer, TlsOptions } from './create-instr-server.js';
export { runInstrServer } from './run-instr-server.js';
export type { ListenOptions } from './listen/check-address.js';
export type { InstrServerOptions } from './options.js';

// Who may ask.
export type { Role, TokenGrant } from './trust/access.js';

// What goes wrong.
export { InstrServerError } from './errors.js';
export type { InstrServerErrorCode } from './errors.js';
