/** Of this package; a spec holds it to package.json. */
export const AGENT_VERSION = '0.1.0';
