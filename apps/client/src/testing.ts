import {
  MessagingModule,
  parseTaskMessage,
  type NotificationMessage,
  type TaskMessage,
} from '@distrace/messaging';
import { ZpagesModule } from '@distrace/zpages';
import type { ClientProxy } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { EMPTY, NEVER, throwError, type Observable } from 'rxjs';
import { configureHttp } from './http/configure-http.js';
import { TasksModule } from './tasks/tasks.module.js';
import { TASKS_CLIENT, TasksService, type TasksOptions } from './tasks/tasks.service.js';

/** What the stand-in for the broker does with a task. */
export type BrokerBehaviour = 'answer' | 'fail the task' | 'confirm only' | 'stay silent' | 'be away';

/** A client app whose broker, executor and exporter are one function. */
export interface TestClient {
  readonly app: NestExpressApplication;
  readonly sent: TaskMessage[];
  behaviour: BrokerBehaviour;
  settle(notification: NotificationMessage): void;
  /** A dead letter comes that says this. */
  settleByDeadLetter(outcome: NotificationMessage): void;
}

/** Starts the client's HTTP side on a free port. */
export async function startTestClient(options: TasksOptions = {}): Promise<TestClient> {
  const module = await Test.createTestingModule({
    imports: [
      ZpagesModule.forRoot({ serviceName: 'client' }),
      MessagingModule.forService({ service: 'client' }),
      TasksModule.forBroker({ url: 'amqp://127.0.0.1:1', prefix: '', options }),
    ],
  })
    .overrideProvider(TASKS_CLIENT)
    .useValue({
      emit: (_pattern: string, task: unknown) => handle(parseTaskMessage(task)),
    } satisfies Pick<ClientProxy, 'emit'>)
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app);
  const client: TestClient = {
    app,
    sent: [],
    behaviour: 'answer',
    settle: (notification) => app.get(TasksService, { strict: false }).settle(notification),
    settleByDeadLetter: (outcome) => app.get(TasksService, { strict: false }).settleByDeadLetter(outcome),
  };
  function handle(task: TaskMessage): Observable<never> {
    client.sent.push(task);
    if (client.behaviour === 'be away') return throwError(() => new Error('connection refused'));
    if (client.behaviour === 'stay silent') return NEVER;
    if (client.behaviour === 'answer') queueMicrotask(() => client.settle(doneOf(task)));
    if (client.behaviour === 'fail the task') {
      queueMicrotask(() => client.settle({ id: task.id, status: 'failed', error: 'disk full' }));
    }
    return EMPTY;
  }
  await app.listen(0, '127.0.0.1');
  return client;
}

/** The notification of a task that is done. */
export function doneOf({ id, text }: Pick<TaskMessage, 'id' | 'text'>): NotificationMessage {
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  return { id, status: 'done', result: { id, words, uniqueWords: words, longestWord: '', chunks: 2 } };
}
