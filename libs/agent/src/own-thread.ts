/** Marks the thread that the agent asks with: the agent must not start in it. */
export const OWN_THREAD = 'distrace-agent';
