/** Nets that are kept: how each is now, and the versions that were saved of it. The presets are not among them. */
import { z } from 'zod';
import { networkSchema } from '../../network/network.ts';

export const networkSummarySchema = z.strictObject({
  id: z.int().positive(),
  /** As it is now, errors and all. Its name is the net's name. */
  network: networkSchema,
  /** Counts how often it was written. */
  revision: z.int(),
  /** The newest version's number; 0 where none was saved. */
  version: z.int(),
  /** It differs from its newest version. */
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
/** Names the window that writes, so that it knows its own events. */
const writer = z.string().min(1).max(64);

export const networkCalls = {
  /** Last changed first. */
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
  /** How the net is now. Whoever writes last wins; the others hear of it by `networks.changed`. */
  'networks.save': {
    request: z.strictObject({ id, network: networkSchema, writer }),
    reply: networkSummarySchema,
  },
  /** Saves the net as a version. Gives the newest one where nothing differs from it. */
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
  /** A net was made, written, or deleted (`network` is null then). */
  'networks.changed': z.strictObject({
    id: z.int(),
    network: networkSummarySchema.nullable(),
    writer: z.string(),
  }),
} as const;
