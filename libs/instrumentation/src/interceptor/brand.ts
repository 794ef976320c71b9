/** On every definition and on every class that extends `Interceptor`, of whichever copy of this library. */
export const INTERCEPTOR = Symbol.for('distrace.interceptor');
