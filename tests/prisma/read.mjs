// Reads the database of DATABASE_URL through a generated Prisma client, as the application would.
//
//     node read.mjs Tenant,Student,...
//
// For each model named, which must have rows: counts them, reads the first hundred and looks at the type of every value,
// and follows every relation to another model named, from its first row that has it. Prints a line of JSON a model:
// the number of its rows, and for each relation the number of rows that have it. The first thing that is wrong ends it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PrismaPg } from "@prisma/adapter-pg";

const { PrismaClient } = createRequire(import.meta.url)("./client");

const CHILDREN_READ = 3; // of a row, where a relation leads to many
const ROWS_READ = 100;

const IS_OF_TYPE = {
  String: (value) => typeof value === "string",
  Int: (value) => Number.isInteger(value),
  Float: (value) => typeof value === "number" && Number.isFinite(value),
  Boolean: (value) => typeof value === "boolean",
  DateTime: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};

// The models of schema.prisma, each with its fields. The client itself does not tell what may be null.
const models = new Map(
  [...readFileSync(new URL("schema.prisma", import.meta.url), "utf8").matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(
    ([, name, body]) => [name, { name, fields: body.split("\n").map(readField).filter((field) => field) }],
  ),
);

// A line such as `student Student @relation(fields: [studentId], references: [id], onDelete: Cascade)`.
function readField(line) {
  const words = line.match(/^\s*(\w+)\s+(\w+)(\[\]|\?)?(.*)$/);
  if (!words) {
    return null; // an empty line, or one of keys
  }
  const [, name, type, sign, attributes] = words;
  return {
    name,
    type,
    isScalar: type in IS_OF_TYPE,
    isList: sign === "[]",
    isRequired: sign === undefined,
    relationName: attributes.match(/@relation\("(\w+)"/)?.[1],
    foreignKey: attributes.match(/fields: \[(\w+)\]/)?.[1],
    key: attributes.match(/references: \[(\w+)\]/)?.[1],
  };
}

function check(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}

function checkScalars(model, row) {
  for (const field of model.fields.filter((field) => field.isScalar)) {
    const value = row[field.name];
    const text = `${model.name}.${field.name} of ${row.id}`;
    check(value !== undefined, `${text} was not read`);
    check(value !== null || !field.isRequired, `${text} is null`);
    check(value === null || IS_OF_TYPE[field.type](value), `${text} is ${typeof value} ${value}, not ${field.type}`);
  }
}

// The other end of a relation: for Student.enrollments it is Enrollment.student. No model is related to itself.
function otherEnd(model, relation) {
  return models
    .get(relation.type)
    .fields.find((field) => field.type === model.name && field.relationName === relation.relationName);
}

// The row must have been joined to its own: the key on one side is the foreign key on the other.
function checkRelation(model, relation, row) {
  const text = `${model.name}.${relation.name} of ${row.id}`;
  const related = relation.isList ? row[relation.name] : [row[relation.name]];
  check(related.length > 0 && related.every((other) => other), `${text} was not loaded`);
  for (const other of related) {
    checkScalars(models.get(relation.type), other);
    const isJoined = relation.foreignKey
      ? row[relation.foreignKey] === other[relation.key]
      : other[otherEnd(model, relation).foreignKey] === row[otherEnd(model, relation).key];
    check(isJoined, `${text} leads to ${other.id}, which is not related to it`);
  }
}

// Rows that have a relation: for one that cannot be absent, all.
function having(relation) {
  if (relation.isList) {
    return { [relation.name]: { some: {} } };
  }
  return relation.isRequired ? {} : { [relation.name]: { isNot: null } };
}

async function readModel(client, model, named) {
  const delegate = client[model.name[0].toLowerCase() + model.name.slice(1)];
  const count = await delegate.count();
  check(count > 0, `${model.name} has no rows`);
  const orderBy = { id: "asc" };

  for (const row of await delegate.findMany({ orderBy, take: ROWS_READ })) {
    checkScalars(model, row);
  }

  const relations = model.fields.filter((field) => !field.isScalar && named.has(field.type));
  const include = Object.fromEntries(
    relations.map((relation) => [relation.name, relation.isList ? { take: CHILDREN_READ } : true]),
  );
  const first = await delegate.findFirst({ orderBy, ...(relations.length > 0 && { include }) });
  checkScalars(model, first);

  const numbers = {};
  for (const relation of relations) {
    const where = having(relation);
    numbers[relation.name] = await delegate.count({ where });
    if (numbers[relation.name] > 0) {
      checkRelation(model, relation, await delegate.findFirst({ where, orderBy, include }));
    }
  }
  return { model: model.name, count, relations: numbers };
}

async function main() {
  const [list] = process.argv.slice(2);
  check(list, "usage: node read.mjs Model,Model,...");
  check(process.env.DATABASE_URL, "DATABASE_URL is not set");
  const named = new Set(list.split(","));
  for (const name of named) {
    check(models.has(name), `the Prisma schema has no model ${name}`);
  }
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
  try {
    for (const name of named) {
      console.log(JSON.stringify(await readModel(client, models.get(name), named)));
    }
  } finally {
    await client.$disconnect();
  }
}

main().catch((error) => {
  console.error(`read.mjs: ${error.message.trim()}`);
  process.exitCode = 1;
});
