/** TypeScript with what compilers rewrite: decorators, fields, async, private members, a super class. */
export const CATS = `
import { Controller, Get, Injectable, Inject, Param } from '@nestjs/common';
import { Base as Root } from './base.js';
class Middle extends Root { between() { return 0; } }
@Injectable()
export class CatsService extends Middle {
  static made = 0;
  #secret = 1;
  handler = async (x: number) => x + this.#secret;
  constructor(@Inject('x') private readonly x: string) { super(); }
  @Get('/cats') async findAll(@Param('id') id: string) { return [id, this.x]; }
  @Get() get open() { return 1; }
  static create() { return new CatsService('x'); }
  private hidden() { return 2; }
}
@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}
  @Get() list() { return this.cats.findAll('1'); }
}
class NotExported { m() { return 1; } }
export const plain = (a: number) => a + new NotExported().m();
export default function main() { return 1; }
`;
