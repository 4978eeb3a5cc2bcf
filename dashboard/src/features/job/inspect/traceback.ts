/** A Python traceback, taken apart: the frames of one's own code first, those of libraries behind. */

export interface Frame {
  file: string;
  line: number;
  name: string;
  code: string;
  isOwn: boolean;
}

const FRAME = /^ {2}File "(.+)", line (\d+)(?:, in (.+))?$/;
const FOREIGN =
  /site-packages|dist-packages|\/lib\/python3|\/headrace\/(?:worker|jobs|ai|cli|db|web|live|testing|\w+\.py)|^<frozen/;

/** Read the frames of the last exception in a traceback, the one nearest to the fault first. */
export function framesOf(traceback: string): Frame[] {
  const lines = traceback.split("\n");
  const frames: Frame[] = [];
  lines.forEach((line, place) => {
    if (line.startsWith("Traceback (most recent call last)")) frames.length = 0;
    const [, file, number, name] = FRAME.exec(line) ?? [];
    if (file === undefined || number === undefined) return;
    const next = lines[place + 1] ?? "";
    const code = next.startsWith("    ") ? next.trim() : "";
    frames.push({ file, line: Number(number), name: name ?? "", code, isOwn: !FOREIGN.test(file) });
  });
  return frames.reverse();
}
