import {
  Controller,
  Get,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { InputError } from '../http/input-error.js';
import { MAX_TEXT_BYTES } from '../http/limits.js';
import { readTaskInput } from '../http/read-task-input.js';
import { TaskRefusedError } from './task-refused-error.js';
import { showTask, type ShownTask, type TaskRecord } from './task-record.js';
import { TASKS_OPTIONS, TasksService, type TasksOptions } from './tasks.service.js';

const MAX_LISTED = 200;
const DEFAULT_LISTED = 50;

interface TaskHttpRequest {
  readonly headers: { readonly 'content-type'?: string };
  readonly body?: unknown;
}

interface TaskHttpResponse {
  status(code: number): unknown;
  setHeader(name: string, value: string): unknown;
}

/** Tasks over HTTP. */
@Controller('tasks')
export class TasksController {
  readonly #tasks: TasksService;
  readonly #traceUrl: string | undefined;

  constructor(@Inject(TasksService) tasks: TasksService, @Inject(TASKS_OPTIONS) { traceUrl }: TasksOptions) {
    this.#tasks = tasks;
    this.#traceUrl = traceUrl;
  }

  /** 201 when done, 202 when the wait is over first, 502 when it failed, 503 when it could not be written down or sent. */
  @Post()
  @UseInterceptors(
    FileInterceptor('file', {
      limits: { fileSize: MAX_TEXT_BYTES, files: 1, fields: 4, parts: 5, fieldSize: 1024 },
    }),
  )
  async submit(
    @Req() request: TaskHttpRequest,
    @Res({ passthrough: true }) response: TaskHttpResponse,
    @UploadedFile() file?: { readonly buffer: Buffer },
  ): Promise<ShownTask> {
    const contentType = request.headers['content-type'];
    const input = readTaskInput({ contentType, body: request.body, file });
    const task = await this.#tasks.submit(input).catch((error: unknown) => {
      if (error instanceof TaskRefusedError && error.task) locate(response, error.task);
      throw error;
    });
    locate(response, task);
    if (task.status === 'failed') throw TaskRefusedError.failed(task);
    response.status(task.status === 'done' ? 201 : 202);
    return showTask(task, this.#traceUrl);
  }

  @Get()
  list(@Query('limit') limit: unknown): readonly ShownTask[] {
    return this.#tasks.list(readLimit(limit)).map((task) => showTask(task, this.#traceUrl));
  }

  @Get(':id')
  find(@Param('id') id: string): ShownTask {
    const task = this.#tasks.find(id);
    if (task !== undefined) return showTask(task, this.#traceUrl);
    throw new InputError(
      'DT_ERR_NO_TASK',
      `No task '${id.slice(0, 60)}' is known: only recent tasks are kept. GET /tasks lists the latest.`,
    );
  }
}

function locate(response: TaskHttpResponse, task: TaskRecord): void {
  response.setHeader('Location', `/tasks/${task.id}`);
}

function readLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_LISTED;
  const limit = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= MAX_LISTED) return limit;
  const received = typeof value === 'string' ? `'${value.slice(0, 60)}'` : 'several values';
  throw new InputError(
    'DT_ERR_BAD_LIMIT',
    `"limit" must be a whole number from 1 to ${MAX_LISTED}, instead got ${received}. Leave it out for ${DEFAULT_LISTED}.`,
  );
}
