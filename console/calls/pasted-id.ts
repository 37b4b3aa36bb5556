/** An id as it comes out of a log line or a document: without what stood around it. */
export const pastedId = (text: string): string => text.replaceAll(/^[\s"'`,;]+|[\s"'`,;]+$/g, "");
