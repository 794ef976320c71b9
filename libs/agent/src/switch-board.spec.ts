import { expect, it } from 'vitest';
import { makeSwitchBoard, postSwitches, readSwitches } from './switch-board.js';

it('a switch board passes on what was posted last, once', () => {
  const board = makeSwitchBoard();
  expect(readSwitches(board, 0)).toBeUndefined();
  postSwitches(board, { a: true });
  postSwitches(board, { a: false, ü: true });
  const news = readSwitches(board, 0);
  expect(news?.switches).toEqual({ a: false, ü: true });
  expect(readSwitches(board, news?.seen ?? 0)).toBeUndefined();
});

it('a switch board keeps what it had when there is no room', () => {
  const board = makeSwitchBoard(16);
  postSwitches(board, { a: true });
  postSwitches(board, { 'a name that is too long': true });
  expect(readSwitches(board, 0)?.switches).toEqual({ a: true });
});
