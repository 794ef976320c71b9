/** The weaver's version: fragments, forms and what they mean change only together with it. */
export const WEAVER = 4;
