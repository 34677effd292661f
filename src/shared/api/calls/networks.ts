/** Kept nets: the present state of each, and its saved versions. The presets are not among them. */
import { z } from 'zod';
import { networkSchema } from '../../network/network.ts';

export const networkSummarySchema = z.strictObject({
  id: z.int().positive(),
  /** The present net, including any errors. Its name is the net's name. */
  network: networkSchema,
  /** Number of times that it was written. */
  revision: z.int(),
  /** The newest version's number; 0 if none was saved. */
  version: z.int(),
  /** True if it differs from its newest version. */
  changed: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type StoredNetwork = z.infer<typeof networkSummarySchema>;

export const networkVersionSchema = z.strictObject({
  version: z.int().positive(),
  network: networkSchema,
  note: z.string(),
  createdAt: z.string(),
});
export type NetworkVersion = z.infer<typeof networkVersionSchema>;

const id = z.int().positive();
/** Identifies the writing window, so that it recognises its own events. */
const writer = z.string().min(1).max(64);

export const networkCalls = {
  /** Returns the nets, last changed first. */
  'networks.list': { request: z.strictObject({}), reply: z.array(networkSummarySchema) },
  'networks.get': {
    request: z.strictObject({ id }),
    /** Versions newest first. */
    reply: networkSummarySchema.extend({ versions: z.array(networkVersionSchema) }),
  },
  'networks.create': {
    request: z.strictObject({ network: networkSchema, writer }),
    reply: networkSummarySchema,
  },
  /** Writes the present net. The last writer wins; the others are notified by `networks.changed`. */
  'networks.save': {
    request: z.strictObject({ id, network: networkSchema, writer }),
    reply: networkSummarySchema,
  },
  /** Saves the net as a version. Returns the newest one if nothing differs from it. */
  'networks.saveVersion': {
    request: z.strictObject({
      id,
      network: networkSchema,
      note: z.string().trim().max(500).default(''),
      writer,
    }),
    reply: networkSummarySchema,
  },
  'networks.rename': {
    request: z.strictObject({ id, name: networkSchema.shape.name, writer }),
    reply: networkSummarySchema,
  },
  /** Can be undone by `networks.restore` for a month. */
  'networks.delete': { request: z.strictObject({ id, writer }), reply: z.strictObject({}) },
  'networks.restore': { request: z.strictObject({ id, writer }), reply: networkSummarySchema },
} as const;

export const networkEvents = {
  /** A net was created, written, or deleted (then `network` is null). */
  'networks.changed': z.strictObject({
    id: z.int(),
    network: networkSummarySchema.nullable(),
    writer: z.string(),
  }),
} as const;
