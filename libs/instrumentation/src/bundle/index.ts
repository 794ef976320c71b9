export { buildHelperBundle } from './build-helper-bundle.js';
export type { BuiltHelperBundle, HelperBundleOptions } from './build-helper-bundle.js';
