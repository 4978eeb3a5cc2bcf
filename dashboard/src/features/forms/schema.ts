/** A JSON Schema as a form sees it: references followed, "or null" taken apart, every part one kind of input. */

export type JsonSchema = Record<string, unknown>;

export interface Field {
  kind: "text" | "number" | "boolean" | "choice" | "fixed" | "list" | "object" | "map" | "union" | "any";
  title: string;
  description?: string;
  isNullable: boolean;
  isSecret: boolean;
  /** As the schema says: date-time, uuid, email … */
  format?: string;
  isInteger?: boolean;
  min?: number;
  max?: number;
  minLength?: number;
  maxLength?: number;
  fallback?: unknown;
  example?: unknown;
  examples?: unknown[];
  /** Of a choice, or the one value of what is fixed. */
  choices?: unknown[];
  /** Of a list or map. */
  item?: () => Field;
  /** Of an object, in their order. */
  fields?: { name: string; isRequired: boolean; field: () => Field }[];
  /** Of a union. */
  options?: Field[];
}

const MOST_DEPTH = 8;

/** Read a schema; `root` holds its `$defs`. Parts are read when they are shown, so a schema may refer to itself. */
export function fieldOf(schema: JsonSchema, root: JsonSchema = schema, name = "", depth = 0): Field {
  const own = follow(schema, root);
  const { rest, isNullable } = withoutNull(own, root);
  const part = { ...rest, ...pick(own, ["title", "description", "default", "examples", "format", "writeOnly"]) };
  const about = {
    title: titleOf(text(part.title), name),
    description: text(part.description),
    isNullable,
    isSecret: part.writeOnly === true || part.format === "password",
    fallback: part.default,
    example: Array.isArray(part.examples) ? part.examples[0] : undefined,
    examples: Array.isArray(part.examples) ? part.examples : undefined,
  };
  if (depth > MOST_DEPTH) return { ...about, kind: "any" };
  const inner = (below: unknown, label = ""): (() => Field) => {
    return () => fieldOf(isSchema(below) ? below : {}, root, label, depth + 1);
  };
  return { ...about, ...shapeOf(part, inner) };
}

type Shape = Pick<Field, "kind"> & Partial<Field>;

function shapeOf(part: JsonSchema, inner: (below: unknown, label?: string) => () => Field): Shape {
  if ("const" in part) return { kind: "fixed", choices: [part.const] };
  if (Array.isArray(part.enum)) return { kind: "choice", choices: part.enum };
  const many = part.oneOf ?? part.anyOf;
  if (Array.isArray(many)) return { kind: "union", options: many.map((option) => inner(option)()) };
  switch (part.type) {
    case "string":
      return {
        kind: "text",
        format: text(part.format),
        minLength: num(part.minLength),
        maxLength: num(part.maxLength),
      };
    case "integer":
    case "number":
      return { kind: "number", isInteger: part.type === "integer", min: leastOf(part), max: mostOf(part) };
    case "boolean":
      return { kind: "boolean" };
    case "array":
      return { kind: "list", item: inner(part.items), min: num(part.minItems), max: num(part.maxItems) };
    case "object":
      return objectOf(part, inner);
    default:
      return isSchema(part.properties) ? objectOf(part, inner) : { kind: "any" };
  }
}

function objectOf(part: JsonSchema, inner: (below: unknown, label?: string) => () => Field): Shape {
  const required = Array.isArray(part.required) ? part.required : [];
  const own = isSchema(part.properties) ? Object.entries(part.properties) : [];
  if (own.length === 0) {
    const isMap = isSchema(part.additionalProperties) && Object.keys(part.additionalProperties).length > 0;
    return isMap ? { kind: "map", item: inner(part.additionalProperties) } : { kind: "any" };
  }
  const fields = own.map(([name, below]) => ({ name, isRequired: required.includes(name), field: inner(below, name) }));
  return { kind: "object", fields };
}

/** What a form begins with: the defaults, and what must be there. Optional parts without a default are left out. */
export function blankOf(field: Field): unknown {
  if (field.fallback !== undefined) return field.fallback;
  if (field.isNullable) return null;
  switch (field.kind) {
    case "text":
      return "";
    case "boolean":
      return false;
    case "fixed":
      return field.choices?.[0];
    case "list":
      return firstItems(field);
    case "map":
      return {};
    case "union":
      return field.options?.[0] && blankOf(field.options[0]);
    case "object": {
      const parts = field.fields?.map(({ name, isRequired, field: part }): [string, unknown] => {
        const below = part();
        return [name, isRequired || below.fallback !== undefined ? blankOf(below) : undefined];
      });
      return Object.fromEntries(parts?.filter(([, value]) => value !== undefined) ?? []);
    }
    default:
      return undefined;
  }
}

/** A list that must not be empty begins with its first object to fill in. */
function firstItems({ item, min = 0 }: Field): unknown[] {
  const one = item?.();
  return one?.kind === "object" && min > 0 ? [blankOf(one)] : [];
}

/** A value that shows what is meant: the schema's example, or the blank with the parts' examples in it. */
export function exampleOf(field: Field): unknown {
  if (field.example !== undefined) return field.example;
  if (field.kind !== "object") return blankOf(field);
  const parts = field.fields?.map(({ name, isRequired, field: part }): [string, unknown] => {
    const below = part();
    const isShown = isRequired || below.example !== undefined || below.fallback !== undefined;
    return [name, isShown ? exampleOf(below) : undefined];
  });
  return Object.fromEntries(parts?.filter(([, value]) => value !== undefined) ?? []);
}

/** Which option of a union a value is of: by its fixed parts, else by its type. */
export function optionOf(field: Field, value: unknown): number {
  const options = field.options ?? [];
  const found = options.findIndex((option) => fits(option, value));
  return found === -1 ? 0 : found;
}

function fits(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case "object":
      return isSchema(value) && (field.fields ?? []).every((part) => fitsPart(part, value));
    case "list":
      return Array.isArray(value);
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "map":
      return isSchema(value);
    case "choice":
    case "fixed":
      return (field.choices ?? []).includes(value);
    default:
      return false;
  }
}

function fitsPart(
  { name, isRequired, field }: { name: string; isRequired: boolean; field: () => Field },
  value: JsonSchema,
): boolean {
  const part = field();
  if (part.kind === "fixed") return (part.choices ?? []).includes(value[name]);
  return !isRequired || name in value;
}

function follow(schema: JsonSchema, root: JsonSchema, hops = 0): JsonSchema {
  const ref = text(schema.$ref);
  if (!ref?.startsWith("#/") || hops > MOST_DEPTH) return onlyOne(schema, root, hops);
  const found = ref
    .slice(2)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, step) => (isSchema(at) ? at[step] : undefined), root);
  const beside = without(schema, "$ref");
  return { ...(isSchema(found) ? follow(found, root, hops + 1) : {}), ...beside };
}

/** `allOf` of one part is how older generators put words beside a reference. */
function onlyOne(schema: JsonSchema, root: JsonSchema, hops: number): JsonSchema {
  const [only, ...more] = Array.isArray(schema.allOf) ? schema.allOf : [];
  if (!isSchema(only) || more.length > 0 || hops > MOST_DEPTH) return schema;
  const beside = without(schema, "allOf");
  return { ...follow(only, root, hops + 1), ...beside };
}

function withoutNull(schema: JsonSchema, root: JsonSchema): { rest: JsonSchema; isNullable: boolean } {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== "null");
    const isNullable = types.length < schema.type.length;
    return { rest: { ...schema, type: types.length === 1 ? types[0] : undefined }, isNullable };
  }
  const many = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(many)) return { rest: schema, isNullable: false };
  const rest = many.filter((option) => !(isSchema(option) && option.type === "null"));
  const isNullable = rest.length < many.length;
  const [only] = rest;
  if (rest.length === 1 && isSchema(only)) return { rest: follow(only, root), isNullable };
  return { rest: { ...schema, anyOf: rest, oneOf: undefined }, isNullable };
}

function pick(schema: JsonSchema, names: string[]): JsonSchema {
  return Object.fromEntries(names.filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]]));
}

function without(schema: JsonSchema, name: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const num = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const leastOf = (part: JsonSchema): number | undefined => num(part.minimum) ?? num(part.exclusiveMinimum);
const mostOf = (part: JsonSchema): number | undefined => num(part.maximum) ?? num(part.exclusiveMaximum);

/** The title that a person gave; pydantic's own ("Max Words" of max_words) as a sentence begins. */
function titleOf(given: string | undefined, name: string): string {
  const own = wordsOf(name);
  return given === undefined || given.toLowerCase() === own.toLowerCase() ? own || (given ?? "") : given;
}

/** "max_words" → "Max words". */
function wordsOf(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
