import { fileURLToPath } from 'node:url';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment, DeploymentOptions } from '../support/deployment.ts';

/** What a command line for the agent needs: the file that `@distrace/agent/register` stands for. */
export const REGISTER = fileURLToPath(new URL('../../../libs/agent/dist/register.js', import.meta.url));

/** The built folder of the extension that traces the untraced apps. */
export const EXTENSION = fileURLToPath(new URL('../../../examples/untraced-extension', import.meta.url));

const mainOf = (app: AppName) =>
  fileURLToPath(new URL(`../../../examples/untraced/dist/${app}/main.js`, import.meta.url));

/** The untraced apps as processes of their own; with `nodeArgs` and an environment under the agent. */
export async function startUntraced(
  amqpUrl: string,
  options: Omit<DeploymentOptions, 'mainOf'> = {},
): Promise<Deployment> {
  return startDeployment(amqpUrl, {}, { ...options, mainOf });
}
