/** Words of the server, with what stands between backticks as code. */
export const Quoted = ({ words }: { readonly words: string }) =>
  words.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which change together.
      <code key={index}>{part}</code>
    ),
  );
