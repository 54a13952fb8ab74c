import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../document/print.ts';
import type { PolicyDocument } from '../model.ts';
import {
  compiledLayers,
  fullContexts,
  type LayerDocuments,
  layerDocuments,
  preparedRequest,
  type SmallRequest,
  smallRequests,
  statements,
} from '../testing/arbitraries.ts';
import { evaluate, type VerdictKind } from './evaluate.ts';

const verdictOf = (layers: LayerDocuments, request: SmallRequest): VerdictKind =>
  evaluate(compiledLayers(layers), preparedRequest(request)).kind;

const isDenied = (kind: VerdictKind): boolean => kind === 'explicitly-denied' || kind === 'implicitly-denied';

const RUNS = { numRuns: 500 };

describe('what holds for all policies', () => {
  test('adding a deny, wherever, never allows more', () => {
    fc.assert(
      fc.property(
        layerDocuments,
        smallRequests,
        fc.constantFrom(
          'identity' as const,
          'boundary' as const,
          'session' as const,
          'resource' as const,
          'scps' as const,
        ),
        fc.nat(),
        fc.infiniteStream(statements('identity', ['Deny'])),
        fc.infiniteStream(statements('resource', ['Deny'])),
        (layers, request, where, _, plain, withPrincipal) => {
          const before = verdictOf(layers, request);
          const [deny] = (where === 'resource' ? withPrincipal : plain).take(1);
          if (deny === undefined) throw new Error('A stream ended.');
          const add = <T extends PolicyDocument | undefined>(document: T): T =>
            document === undefined ? document : { ...document, statements: [...document.statements, deny] };
          const changed: LayerDocuments = {
            ...layers,
            ...(where === 'identity' && { identity: layers.identity.map(add) }),
            ...(where === 'boundary' && { boundary: add(layers.boundary) }),
            ...(where === 'session' && { session: add(layers.session) }),
            ...(where === 'resource' && { resource: add(layers.resource) }),
            ...(where === 'scps' && { scps: layers.scps?.map(add) }),
          };
          const after = verdictOf(changed, request);
          if (before === 'explicitly-denied') expect(after).toBe('explicitly-denied');
          if (isDenied(before)) expect(isDenied(after)).toBe(true);
          if (before === 'unknown') expect(after).not.toBe('allowed');
        },
      ),
      RUNS,
    );
  });

  test('adding an allow to identity policies never denies more', () => {
    fc.assert(
      fc.property(
        layerDocuments,
        smallRequests,
        statements('identity', ['Allow']),
        (layers, request, allow) => {
          const before = verdictOf(layers, request);
          const more: PolicyDocument = { kind: 'identity', version: '2012-10-17', statements: [allow] };
          const after = verdictOf({ ...layers, identity: [...layers.identity, more] }, request);
          if (before === 'allowed') expect(after).toBe('allowed');
          if (before === 'unknown') expect(isDenied(after)).toBe(false);
        },
      ),
      RUNS,
    );
  });

  test('the canonical form is judged the same', () => {
    fc.assert(
      fc.property(layerDocuments, smallRequests, (layers, request) => {
        const inOrder: LayerDocuments = {
          identity: layers.identity.map(canonical),
          boundary: layers.boundary && canonical(layers.boundary),
          session: layers.session && canonical(layers.session),
          resource: layers.resource && canonical(layers.resource),
          scps: layers.scps?.map(canonical),
        };
        expect(verdictOf(inOrder, request)).toBe(verdictOf(layers, request));
      }),
      RUNS,
    );
  });

  test('whatever is filled in for what is not known agrees with the verdict', () => {
    fc.assert(
      fc.property(layerDocuments, smallRequests, fullContexts, (layers, request, filling) => {
        const before = verdictOf(layers, request);
        const after = verdictOf(layers, { ...request, context: { ...filling, ...request.context } });
        if (before === 'allowed' || before === 'explicitly-denied') expect(after).toBe(before);
        if (before === 'implicitly-denied') expect(isDenied(after)).toBe(true);
      }),
      RUNS,
    );
  });

  test('every verdict occurs in these worlds, so that the properties mean something', () => {
    const seen = new Set<VerdictKind>();
    for (const [layers, request] of fc.sample(fc.tuple(layerDocuments, smallRequests), 1000)) {
      seen.add(verdictOf(layers, request));
    }
    expect(seen.size).toBe(4);
  });
});
