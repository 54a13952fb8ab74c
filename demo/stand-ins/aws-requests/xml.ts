import type { Json, JsonObject } from '../../../src/core-values/index.ts';

/**
 * Reads XML as AWS's clients write it: elements and text; attributes are passed over. An element of text is a string,
 * one of elements an object, and elements of one name are a list. Undefined for anything else (DOCTYPE, CDATA, comments
 * within, text beside elements): what is read here decides what is allowed.
 */
export function readXml(source: string): { readonly root: string; readonly value: Json } | undefined {
  const text = source.replace(/^\uFEFF?\s*(?:<\?xml[^>]*\?>)?\s*/, '').trimEnd();
  const open: Element[] = [];
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (token.index !== end) return undefined;
    end = token.index + token[0].length;
    const [, closing, opening, empty, words] = token;
    const top = open.at(-1);
    if (words !== undefined) {
      if (top === undefined) return undefined;
      top.text += words;
    } else if (opening !== undefined) {
      open.push({ name: withoutPrefix(opening), text: '', children: [] });
      if (empty !== '/') continue;
    } else if (top === undefined || top.name !== withoutPrefix(closing ?? '')) return undefined;
    if (words !== undefined) continue;
    const done = open.pop();
    const value = done === undefined ? undefined : contentOf(done);
    if (done === undefined || value === undefined) return undefined;
    const parent = open.at(-1);
    if (parent === undefined) return end === text.length ? { root: done.name, value } : undefined;
    parent.children.push([done.name, value]);
  }
  return undefined;
}

const TOKEN = /<\/([\w.:-]+)\s*>|<([\w.:-]+)(?:\s[^<>]*?)?(\/?)>|([^<>]+)/g;

interface Element {
  readonly name: string;
  text: string;
  readonly children: [string, Json][];
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

function contentOf({ text, children }: Element): Json | undefined {
  if (children.length === 0) return unescaped(text);
  if (text.trim() !== '') return undefined;
  const members = new Map<string, Json | Json[]>();
  const lists = new Set<string>();
  for (const [name, value] of children) {
    const before = members.get(name);
    if (before === undefined) members.set(name, value);
    else if (lists.has(name) && Array.isArray(before)) before.push(value);
    else {
      lists.add(name);
      members.set(name, [before, value]);
    }
  }
  const object: JsonObject = Object.fromEntries(members);
  return object;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[String(name)] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** For text in an element or attribute. */
export const escapeXml = (words: string): string =>
  words.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
