import { readServiceConfig, type ServiceConfig } from '@distrace/messaging';

/** Read once, when the process starts. */
export const config: ServiceConfig = readServiceConfig(process.env, { defaultPort: 3002 });
