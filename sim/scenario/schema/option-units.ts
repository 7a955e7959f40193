/**
 * Options of protocols that have a unit. A protocol says which (`.meta({ unit: 's' })`) and otherwise knows plain numbers;
 * here such a field comes to read what all quantities of a scenario read.
 */
import { z } from 'zod';
import { quantity } from './fields.ts';
import { DIMENSIONS, type Dimension, type QuantityParser } from './units.ts';

const DIMENSION_OF = new Map(
  Object.entries(DIMENSIONS).map(([dimension, { unit }]) => [unit, dimension as Dimension]),
);

/** The same schema, in which every number with a unit may also be a string with one. */
export function withUnits(schema: z.ZodType, parse: QuantityParser): z.ZodType {
  const unit = schema.meta()?.unit;
  if (unit !== undefined) return read(schema, unit as string, parse);
  const within = (inner: unknown) => withUnits(inner as z.ZodType, parse);
  const described = (made: z.ZodType) =>
    schema.description === undefined ? made : made.describe(schema.description);
  if (schema instanceof z.ZodDefault)
    return described(within(schema.def.innerType).default(schema.def.defaultValue));
  if (schema instanceof z.ZodNullable) return described(within(schema.def.innerType).nullable());
  if (schema instanceof z.ZodOptional) return described(within(schema.def.innerType).optional());
  return schema instanceof z.ZodObject ? fieldsWithUnits(schema, parse) : schema;
}

/** The same for an object, which stays one. */
export function fieldsWithUnits(schema: z.ZodObject, parse: QuantityParser): z.ZodObject {
  const fields = Object.entries(schema.shape).map(([name, field]) => [
    name,
    withUnits(field as z.ZodType, parse),
  ]);
  return schema.extend(Object.fromEntries(fields) as z.ZodRawShape);
}

function read(schema: z.ZodType, unit: string, parse: QuantityParser): z.ZodType {
  const dimension = DIMENSION_OF.get(unit);
  if (dimension === undefined)
    throw new Error(
      `an option has the unit '${unit}'; one of ${[...DIMENSION_OF.keys()].join(', ')} is right`,
    );
  const number = quantity(parse, dimension, schema.safeParse(0).success).pipe(
    schema as z.ZodType<number, number>,
  );
  return schema.description === undefined ? number : number.describe(schema.description);
}
