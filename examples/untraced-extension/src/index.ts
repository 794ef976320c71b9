/** HTTP and RabbitMQ, for any app of Nest's. */
export { httpServer } from './http.js';
export { handleMessages, sendMessages } from './messaging.js';
/** The client, the executor and the exporter. */
export { acceptTask, preprocessTask, settleTask } from './client.js';
export { countWords, executeTask, handOverChunk, summarise } from './executor.js';
export { exportResult, saveResult } from './exporter.js';
