// Writes the TypeScript types of the REST surface from its OpenAPI document: `node build/types.js openapi.json schema.ts`.
import { readFile, writeFile } from "node:fs/promises";

import openapiTS, { astToString } from "openapi-typescript";

const [source, target] = process.argv.slice(2);
const document = JSON.parse(await readFile(source, "utf8"));

// An event's data is JSON inside a text. Tools know no rule for that yet; the app reads it as what the text holds.
for (const path of Object.values(document.paths)) {
  const data = path.get?.responses?.["200"]?.content?.["text/event-stream"]?.schema?.properties?.data;
  if (data) {
    const [message] = data.contentSchema.anyOf;
    path.get.responses["200"].content["text/event-stream"].schema.properties.data = message;
  }
}

const words = "// Written by build/types.js from the contracts; not to be edited, and not committed.\n\n";
await writeFile(target, words + astToString(await openapiTS(document)));
