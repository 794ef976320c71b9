import { createParamDecorator } from '@nestjs/common';
import { TraceContext } from '../core/index.js';

/** Handler parameter: the thesis' {@link TraceContext} of the running request or message. */
export const CurrentTraceContext = createParamDecorator(() => TraceContext.current());
