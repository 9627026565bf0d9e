/** What of a requirements.txt pip could answer with something else tomorrow, or fetch from elsewhere: all that is no version with its hashes. */
export const notPinned = (text) =>
  text
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '' && !/^[\w.-]+==[\w.]+( --hash=sha256:[0-9a-f]{64})+$/.test(line));
