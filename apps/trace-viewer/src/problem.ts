import { Problem } from '@distrace/nest-server';

/** Why a request was refused; each has a row in docs/reference/errors.md. */
export type ProblemCode =
  | 'DT_ERR_VIEWER_BODY_ENCODING'
  | 'DT_ERR_VIEWER_BODY_GZIP'
  | 'DT_ERR_VIEWER_BODY_SIZE'
  | 'DT_ERR_VIEWER_BODY_START'
  | 'DT_ERR_VIEWER_BODY_TYPE'
  | 'DT_ERR_VIEWER_BUSY'
  | 'DT_ERR_VIEWER_CLEAR'
  | 'DT_ERR_VIEWER_HOST'
  | 'DT_ERR_VIEWER_INTERNAL'
  | 'DT_ERR_VIEWER_ORIGIN'
  | 'DT_ERR_VIEWER_PARAMETER'
  | 'DT_ERR_VIEWER_PATH'
  | 'DT_ERR_VIEWER_TRACE_ID';

/** A request that gets no answer but this one. */
export class ViewerProblem extends Problem<ProblemCode> {
  override readonly name = 'ViewerProblem';
}
