export type {
  Advice,
  BundleHandle,
  BundleStart,
  Call,
  HelperBundle,
  InterceptorBody,
  Replacement,
} from './types.js';
