/** The few pieces of AMQP 0-9-1 that a login needs: frames in and out. Pure. */

/** A method frame: which method, and its arguments still encoded. */
export interface MethodFrame {
  readonly classId: number;
  readonly methodId: number;
  readonly args: Buffer;
}

/** What a client sends first. */
export const protocolHeader: Buffer = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

/** Method ids of class 10, "connection". */
export const connection = {
  classId: 10,
  start: 10,
  startOk: 11,
  tune: 30,
  tuneOk: 31,
  open: 40,
  openOk: 41,
  close: 50,
  closeOk: 51,
} as const;

const methodFrameType = 1;
const frameEnd = 0xce;
const frameHeaderBytes = 7;
// A broker's first frames are a few hundred bytes; more than this is not a login.
const maxFrameBytes = 128 * 1024;

/** Takes whole frames off the front of `buffer`; `broken` says why these bytes are not AMQP 0-9-1. */
export function readFrames(buffer: Buffer): {
  readonly methods: readonly MethodFrame[];
  readonly rest: Buffer;
  readonly broken?: string;
} {
  const methods: MethodFrame[] = [];
  let rest = buffer;
  while (rest.length > 0) {
    const broken = complaint(rest);
    if (broken != null) return { methods, rest, broken };
    if (rest.length < frameHeaderBytes) break;
    const end = frameHeaderBytes + rest.readUInt32BE(3);
    if (rest.length <= end) break;
    if (rest[end] !== frameEnd) return { methods, rest, broken: 'a frame without its end mark' };
    if (rest[0] === methodFrameType && end >= frameHeaderBytes + 4) {
      methods.push({
        classId: rest.readUInt16BE(7),
        methodId: rest.readUInt16BE(9),
        args: rest.subarray(11, end),
      });
    }
    rest = rest.subarray(end + 1);
  }
  return { methods, rest };
}

function complaint(bytes: Buffer): string | undefined {
  if (bytes.subarray(0, 4).toString('latin1') === 'AMQP') {
    return `another version of AMQP (${[...bytes.subarray(4, 8)].join('.')})`;
  }
  const tooLong = bytes.length >= frameHeaderBytes && bytes.readUInt32BE(3) > maxFrameBytes;
  // 1 method, 2 header, 3 body, 8 heartbeat. "A" may still become "AMQP".
  const possible = [1, 2, 3, 8].includes(bytes[0] ?? 0) || 'AMQP'.startsWith(bytes.toString('latin1'));
  if (possible && !tooLong) return undefined;
  return `bytes that are not AMQP (${JSON.stringify(bytes.subarray(0, 24).toString('latin1'))})`;
}

/** One method frame on channel 0. */
export function writeMethod(methodId: number, args: Buffer): Buffer {
  const frame = Buffer.alloc(frameHeaderBytes + 4 + args.length + 1);
  frame.writeUInt8(methodFrameType, 0);
  frame.writeUInt32BE(4 + args.length, 3);
  frame.writeUInt16BE(connection.classId, 7);
  frame.writeUInt16BE(methodId, 9);
  args.copy(frame, 11);
  frame.writeUInt8(frameEnd, frame.length - 1);
  return frame;
}

/** A string with its length in one byte. */
export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Bytes with their length in four bytes; a table is written so too. */
export function longString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Arguments of connection.start-ok for mechanism PLAIN; asks for a close frame where the login fails. */
export function startOkArgs(username: string, password: string): Buffer {
  const wantsClose = Buffer.concat([shortString('authentication_failure_close'), Buffer.from('t\x01')]);
  const properties = Buffer.concat([
    shortString('capabilities'),
    Buffer.from('F'),
    longString(wantsClose),
    shortString('product'),
    Buffer.from('S'),
    longString(Buffer.from('distrace broker check')),
  ]);
  return Buffer.concat([
    longString(properties),
    shortString('PLAIN'),
    longString(Buffer.from(`\0${username}\0${password}`)),
    shortString('en_US'),
  ]);
}

/** The login mechanisms that a connection.start offers. */
export function offeredMechanisms(startArgs: Buffer): string[] {
  const propertiesEnd = 2 + 4 + startArgs.readUInt32BE(2);
  const length = startArgs.readUInt32BE(propertiesEnd);
  return startArgs.toString('latin1', propertiesEnd + 4, propertiesEnd + 4 + length).split(' ');
}

/** Code and text of a connection.close. */
export function closeReason(closeArgs: Buffer): string {
  return `${closeArgs.readUInt16BE(0)} ${closeArgs.toString('utf8', 3, 3 + (closeArgs[2] ?? 0))}`;
}
