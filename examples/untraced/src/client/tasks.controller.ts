import { randomUUID } from 'node:crypto';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { TasksService, type TaskState } from './tasks.service.js';

/** The part of Express' response that is used. */
interface Response {
  status(code: number): this;
  location(url: string): this;
}

const STATUS_CODES = { done: 201, running: 202, failed: 502, unsent: 503 } as const;

/** Tasks over HTTP. */
@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  /** 201 when done, 202 when the wait is over first, 502 when it failed, 503 when it could not be sent. */
  @Post()
  async submit(@Body() text: unknown, @Res({ passthrough: true }) response: Response): Promise<TaskState> {
    if (typeof text !== 'string' || text === '') {
      throw new BadRequestException('The body must be a text, content-type text/plain.');
    }
    const task = await this.tasks.accept({ id: randomUUID(), text });
    response.status(STATUS_CODES[task.status]).location(`/tasks/${task.id}`);
    return task;
  }

  @Get(':id')
  find(@Param('id') id: string): TaskState {
    const task = this.tasks.find(id);
    if (task === undefined) throw new NotFoundException('No such task; only recent ones are kept.');
    return task;
  }
}
