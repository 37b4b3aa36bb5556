/** A call's id in this dialect's spelling. */
export const toolUseId = (callId: string): string => callId.replace(/^call_/, "tooluse_");
