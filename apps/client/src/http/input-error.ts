import { HttpException } from '@nestjs/common';

/** Why a request was refused, for programs. */
export type InputErrorCode =
  | 'DT_ERR_BAD_LIMIT'
  | 'DT_ERR_BAD_REQUEST'
  | 'DT_ERR_EMPTY_TEXT'
  | 'DT_ERR_MALFORMED_JSON'
  | 'DT_ERR_NO_TASK'
  | 'DT_ERR_NO_TEXT'
  | 'DT_ERR_NOT_UTF8'
  | 'DT_ERR_TOO_LARGE'
  | 'DT_ERR_UNKNOWN_KIND'
  | 'DT_ERR_UNSUPPORTED_TYPE';

const statusOf: Readonly<Record<InputErrorCode, number>> = {
  DT_ERR_BAD_LIMIT: 400,
  DT_ERR_BAD_REQUEST: 400,
  DT_ERR_EMPTY_TEXT: 400,
  DT_ERR_MALFORMED_JSON: 400,
  DT_ERR_NO_TASK: 404,
  DT_ERR_NO_TEXT: 400,
  DT_ERR_NOT_UTF8: 400,
  DT_ERR_TOO_LARGE: 413,
  DT_ERR_UNKNOWN_KIND: 400,
  DT_ERR_UNSUPPORTED_TYPE: 415,
};

/** A request that cannot be served. The message says the rule, what came and what to do. */
export class InputError extends HttpException {
  constructor(code: InputErrorCode, message: string) {
    super({ statusCode: statusOf[code], code, message }, statusOf[code]);
  }
}
