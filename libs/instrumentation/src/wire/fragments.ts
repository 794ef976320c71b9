import { RUNTIME_NAME } from './woven-api.js';

/** A constant text with places for the probe's number and, in some, for identifiers of the source it repeats. */
export interface Fragment {
  readonly template: string;
  /** Where names go: nowhere, or into a list, of which the last one may be a rest parameter. */
  readonly names: 'none' | 'list' | 'rest';
}

const PLACE = /\bID\b|\bNAMES\b/g;
/** An identifier, also with escapes; names of the table's texts are copied from the source as they stand. */
const NAME = String.raw`[\p{ID_Start}$_\\][\p{ID_Continue}$\u200c\u200d\\{}]*`;

/**
 * Asked in the woven function itself: V8 then leaves `arguments` unmade while the probe is off, also when others are
 * on. Asked inside `run` it cost 16 ns a call.
 */
const OFF = '$.live[ID]===void 0';

/**
 * Asking once before the body takes as much of the stack as noting a value later does: where the stack is that full,
 * the function fails before it has done anything, as any function does. Always false.
 */
const FULL = '0 instanceof $.value';
const RETURNED = '$_c===void 0||($_c.done=2,$.end($_c))';

function entry(kind: string, text: string): [string, Fragment][] {
  const template = text.replaceAll('OFF', OFF).replaceAll('$', RUNTIME_NAME);
  if (!template.includes('NAMES')) return [[kind, { template, names: 'none' }]];
  return [
    [kind, { template, names: 'list' }],
    [`${kind}-rest`, { template, names: 'rest' }],
  ];
}

/**
 * Everything that can ever be inserted into a file, by fragment kind; `$` is the runtime's name. No text holds a
 * line break, so no line of the source moves. Each holds the runtime's name, which no woven source may hold: so a
 * woven text tells what was inserted; none is the start of another, whatever the source has behind it. What opens a
 * body starts with `;` because a directive may stand before it without one.
 */
export const FRAGMENTS: ReadonlyMap<string, Fragment> = new Map([
  ...entry('run', ';return(OFF?$.off:$.run)(ID,this,arguments,()=>{'),
  ...entry('async', ';return await(OFF?$.off:$.runAsync)(ID,this,arguments,async()=>{'),
  ...entry('arrow', ';return(OFF?$.offArrow:$.arrow)(ID,[NAMES],()=>{'),
  ...entry('arrow-async', ';return await(OFF?$.offArrow:$.arrowAsync)(ID,[NAMES],async()=>{'),
  ...entry('construct', ';return(OFF?$.offConstruct:$.construct)(ID,this,arguments,new.target,()=>{'),
  ...entry('end', '}/*$ ID*/)'),
  ...entry('derive', ';return(OFF?$.offDerive:$.derive)(ID,arguments,new.target,()=>{'),
  ...entry('derive-end', '}/*$ ID*/,()=>this)'),
  ...entry('concise', '(OFF?$.offArrow:$.arrow)(ID,[NAMES],()=>('),
  ...entry('concise-async', 'await(OFF?$.offArrow:$.arrowAsync)(ID,[NAMES],async()=>('),
  ...entry('concise-end', ')/*$ ID concise*/)'),
  ...entry('concise-block', '{return(OFF?$.offArrow:$.arrow)(ID,[NAMES],()=>('),
  ...entry('concise-block-async', '{return await(OFF?$.offArrow:$.arrowAsync)(ID,[NAMES],async()=>('),
  ...entry('concise-block-end', ')/*$ ID block*/)}'),
  ...entry('inline-value', ' instanceof $.value/*$ ID*/'),
  ...entry('inline-open', '(/*$ ID*/'),
  ...entry('inline-close', '/*$ ID close*/)'),
  ...entry('inline', `;let $_v=void(${FULL}),$_c=OFF?void 0:$.enter(ID,this,arguments);try{`),
  ...entry('inline-arrow', `;let $_v=void(${FULL}),$_c=OFF?void 0:$.enter(ID,void 0,[NAMES]);try{`),
  ...entry(
    'inline-construct',
    `;let $_v=void(${FULL}),$_c=OFF?void 0:$.enterNew(ID,this,arguments,new.target);try{`,
  ),
  ...entry('inline-return', ',$_v=$.take()/*$ ID*/'),
  ...entry('inline-return-stop', ',$_v=$.take();/*$ ID*/'),
  ...entry('inline-nothing', ' $_v=void 0/*$ ID*/'),
  ...entry('inline-nothing-stop', ' $_v=void 0;/*$ ID*/'),
  ...entry(
    'inline-end',
    ';$_v=void 0}catch($_e){$_c===void 0||($_c.failed=!0,$_c.error=$_e);throw $_e}finally{if($_c!==void 0)try{$.leave($_c,$_v)}catch{}/*$ ID*/}',
  ),
  ...entry('inline-direct', `;let $_c=${FULL}||OFF?void 0:$.enter(ID,this,arguments);try{`),
  ...entry('inline-direct-arrow', `;let $_c=${FULL}||OFF?void 0:$.enter(ID,void 0,[NAMES]);try{`),
  ...entry(
    'inline-direct-construct',
    `;let $_c=${FULL}||OFF?void 0:$.enterNew(ID,this,arguments,new.target);try{`,
  ),
  ...entry('inline-direct-return', ',$_c===void 0?$.take():($_c.done=1,$.exit($_c))/*$ ID*/'),
  ...entry('inline-direct-return-stop', ',$_c===void 0?$.take():($_c.done=1,$.exit($_c));/*$ ID*/'),
  ...entry('inline-direct-nothing', ` void(${RETURNED})/*$ ID*/`),
  ...entry('inline-direct-nothing-stop', ` void(${RETURNED});/*$ ID*/`),
  ...entry(
    'inline-direct-end',
    `;${RETURNED}}catch($_e){if($_c!==void 0){if($_c.done>0)return $_c.done>1?void 0:$.take();$_c.failed=!0;$_c.error=$_e;try{$.end($_c)}catch{}}throw $_e/*$ ID*/}`,
  ),
]);

/** The text that stands for a fragment. */
export function renderFragment(fragment: Fragment, probeId: number, names: readonly string[]): string {
  const last = names.length - 1;
  const list = fragment.names === 'rest' ? names.map((name, i) => (i === last ? `...${name}` : name)) : names;
  return fragment.template.replace(PLACE, (place) => (place === 'ID' ? String(probeId) : list.join()));
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}

/** Finds each inserted text in a woven one. */
export function fragmentPattern(): RegExp {
  const templates = [...new Set([...FRAGMENTS.values()].map(({ template }) => template))];
  const patterns = templates.map((template) =>
    literal(template)
      .replaceAll(/\bID\b/g, String.raw`\d+`)
      .replaceAll(/\bNAMES\b/g, `(?:(?:\\.{3})?${NAME}(?:,(?:\\.{3})?${NAME})*)?`),
  );
  return new RegExp(patterns.join('|'), 'gu');
}
