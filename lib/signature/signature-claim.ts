import { algorithm, scopeEnd, type Scope } from "./sigv4.ts";

/** What an `Authorization` header says of its request's signature. Nothing of it is proven. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** In the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
}

const longestHeader = 8192;
const mostSignedHeaders = 100;

const accessKeyForm = /^[\w.+=@-]{1,256}$/;
const dayForm = /^\d{8}$/;
const wordForm = /^[\w-]{1,64}$/;
const headerNameForm = /^:?[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const signatureForm = /^[0-9a-f]{64}$/;

/** Does the header speak of this kind of signature at all? */
export const claimsSignature = (authorization: string): boolean =>
  authorization.startsWith(`${algorithm} `);

/** Null when the header is none of this kind, or says too little, too much or nonsense. */
export function readSignatureClaim(authorization: string): SignatureClaim | null {
  if (!claimsSignature(authorization) || authorization.length > longestHeader) return null;
  const fields = new Map<string, string>();
  for (const field of authorization.slice(algorithm.length + 1).split(",")) {
    const equals = field.indexOf("=");
    const name = field.slice(0, equals).trim();
    if (equals === -1 || fields.has(name)) return null;
    fields.set(name, field.slice(equals + 1).trim());
  }
  const credential = readCredential(fields.get("Credential") ?? "");
  const signedHeaders = (fields.get("SignedHeaders") ?? "").split(";");
  const signature = fields.get("Signature") ?? "";
  if (fields.size !== 3 || credential === null) return null;
  if (!signatureForm.test(signature) || signedHeaders.length > mostSignedHeaders) return null;
  if (!signedHeaders.every((name) => headerNameForm.test(name))) return null;
  return { ...credential, signedHeaders, signature };
}

/** `<access key>/<day>/<region>/<service>/aws4_request` */
function readCredential(text: string): Pick<SignatureClaim, "accessKeyId" | "scope"> | null {
  const parts = text.split("/", 6);
  const [accessKeyId = "", date = "", region = "", service = "", end] = parts;
  if (parts.length !== 5 || end !== scopeEnd || !accessKeyForm.test(accessKeyId)) return null;
  if (!dayForm.test(date) || !wordForm.test(region) || !wordForm.test(service)) return null;
  return { accessKeyId, scope: { date, region, service } };
}
