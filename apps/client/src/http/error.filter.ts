import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { InputError } from './input-error.js';
import { tooLarge } from './read-task-input.js';

/** Gives every error the shape `{ statusCode, code, message }`, also those of the body parsers. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('HTTP');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<JsonResponse>();
    const body = this.#bodyOf(error, pathOf(http.getRequest<{ readonly url: string }>().url));
    if (!response.headersSent) response.status(body.statusCode).json(body);
  }

  #bodyOf(error: unknown, path: string): ErrorBody {
    const refusal = refusalOf(error, path);
    if (refusal !== undefined) return refusal.getResponse() as ErrorBody;
    if (error instanceof HttpException) {
      const response = error.getResponse();
      if (isErrorBody(response)) return response;
      return { statusCode: error.getStatus(), code: 'DT_ERR_HTTP', message: error.message };
    }
    this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { statusCode: 500, code: 'DT_ERR_INTERNAL', message: 'Something went wrong here; see the log.' };
  }
}

interface ErrorBody {
  readonly statusCode: number;
  readonly code: string;
  readonly message: string;
}

interface JsonResponse {
  readonly headersSent: boolean;
  status(code: number): JsonResponse;
  json(body: unknown): unknown;
}

/** Errors of the router, body-parser and multer, in our words. */
function refusalOf(error: unknown, path: string): InputError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = error instanceof HttpException ? error.getStatus() : (error as { status?: unknown }).status;
  if (error instanceof HttpException && isErrorBody(error.getResponse())) return undefined;
  if (status === 413) return tooLarge('more');
  if (status === 415) {
    return new InputError(
      'DT_ERR_UNSUPPORTED_TYPE',
      `The body cannot be read: ${error.message}. Send it plain.`,
    );
  }
  if (status === 400 && !isDecodable(path)) {
    return new InputError(
      'DT_ERR_BAD_REQUEST',
      `The path must be percent-encoded UTF-8, instead got '${path.slice(0, 60)}'. Encode it with encodeURIComponent.`,
    );
  }
  const type = (error as { type?: unknown }).type;
  if (status === 400 || typeof type === 'string') {
    return new InputError('DT_ERR_BAD_REQUEST', `The body cannot be read: ${error.message}. Send it again.`);
  }
  return undefined;
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'code' in value && 'statusCode' in value;
}
