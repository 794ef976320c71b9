import { Problem } from '@distrace/nest-server';

/** Why a request was refused; each has a row in docs/reference/errors.md. */
export type ProblemCode =
  | 'DT_ERR_SERVER_BODY'
  | 'DT_ERR_SERVER_BODY_ENCODING'
  | 'DT_ERR_SERVER_BODY_SIZE'
  | 'DT_ERR_SERVER_BUSY'
  | 'DT_ERR_SERVER_FORBIDDEN'
  | 'DT_ERR_SERVER_HASH'
  | 'DT_ERR_SERVER_HOST'
  | 'DT_ERR_SERVER_INTERNAL'
  | 'DT_ERR_SERVER_PACK'
  | 'DT_ERR_SERVER_PATH'
  | 'DT_ERR_SERVER_PROTOCOL'
  | 'DT_ERR_SERVER_RATE'
  | 'DT_ERR_SERVER_RELOAD'
  | 'DT_ERR_SERVER_TOKEN'
  | 'DT_ERR_SERVER_UNKNOWN';

/** A request that gets no answer but this one. */
export class ServerProblem extends Problem<ProblemCode> {
  override readonly name = 'ServerProblem';
}
