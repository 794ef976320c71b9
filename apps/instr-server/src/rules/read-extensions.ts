import { join } from 'node:path';
import { buildHelperBundle, ClassServiceLoader, definitionOf } from '@distrace/instrumentation';
import { prepare, ruleDataOf, type LoadedRules } from './rule-set.js';

/** Finds the services of extensions, evaluates their interceptors for the matchers, and builds the helper bundle. */
export async function readExtensions(
  extensions: readonly string[],
  { baseFolder }: { readonly baseFolder: string },
): Promise<LoadedRules> {
  const loader = await ClassServiceLoader.open(extensions, { from: baseFolder });
  const definitions = (await loader.load('Interceptor')).map(definitionOf);
  const rules = definitions.map(ruleDataOf);
  // Before the bundle, which takes longer: it refuses what cannot work.
  prepare(rules);
  // Also refuses what is no exporter; the classes themselves are needed in the applications only.
  await loader.load('SpanExporter');
  const { code, files } = await buildHelperBundle({ extensions, from: baseFolder });
  const folders = loader.packages.map(({ folder }) => folder);
  return { rules, bundle: code, folders, files: [...files, ...folders.flatMap(namingFiles)] };
}

/** What says which modules of a package are services, whether it is there or not. */
function namingFiles(folder: string): readonly string[] {
  const services = ['Interceptor', 'SpanExporter'].map((kind) => join(folder, 'META-INF', 'services', kind));
  return [join(folder, 'package.json'), ...services];
}
