import { describe, expect, it } from 'vitest';
import { serve } from '../../http/serve.spec.helper.js';
import { attributes, ended, fakeCore, NOW_MS, running } from '../fake-core.spec.helper.js';
import type { FakeName } from '../fake-core.spec.helper.js';

const text = { headers: { accept: 'text/plain' } };
const PARENT = '00000000000000aa';
const TRACE = 'abcdef00000000000000000000000001';

function some(): Map<string, FakeName> {
  const event = {
    name: 'cache miss',
    timeUnixMicros: NOW_MS * 1000,
    sinceStartMicros: 1,
    deltaMicros: 1,
    attributes: [],
  };
  return new Map<string, FakeName>([
    [
      'GET /',
      {
        running: [running('GET /', 1500, { events: [event] })],
        latency: [ended('GET /', 2e6), ended('GET /', 3e6)],
      },
    ],
    [
      'fails',
      {
        errors: [
          ended('fails', 1, { status: 'ERROR' }),
          ended('fails', 2, { status: 'ERROR', statusMessage: 'why' }),
        ],
      },
    ],
  ]);
}

/** What a link of a page leads to. */
function links(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&').replaceAll('&#39;', "'"),
  );
}

describe('the page /tracez', () => {
  it('T38: lists all names; an unknown one is echoed as text; an invalid type, bucket or escape says the rule', async () => {
    await using served = await serve(some());
    const page = await served.get('/tracez');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('GET /');
    expect(page.text).toContain('fails');
    const unknown = await served.get('/tracez?zspanname=%3Cb%3Ex&ztype=1&zsubtype=0');
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('&lt;b&gt;x');
    expect(unknown.text).not.toContain('<b>x');
    const invalid = await served.get('/tracez?zspanname=fails&ztype=invalid');
    expect(invalid.text).toContain('0 (running), 1 (latency) or 2 (error)');
    const bucket = await served.get('/tracez?zspanname=fails&ztype=1&zlatencybucket=-1');
    expect([bucket.status, bucket.text]).toEqual([400, expect.stringContaining('from 0 to 8')]);
    expect((await served.get('/tracez?%zzz')).status).toBe(400);
  });

  it('T39: answers five at once', async () => {
    await using served = await serve(some());
    const answers = await Promise.all(Array.from({ length: 5 }, () => served.get('/tracez')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
  });

  it('T40: a span shows its trace and span ids as hex, its parent where it has one, and that it is not exported', async () => {
    const child = running('a', 10, { sampled: false, traceId: TRACE, parentSpanId: PARENT });
    await using served = await serve(
      new Map([
        ['a', { running: [child] }],
        ['none', { latency: [ended('none', 1)] }],
      ]),
    );
    const { text: page } = await served.get('/tracez?name=a&type=running');
    expect(page).toContain(`>${TRACE}</a>`);
    expect(page).toContain(`<code>${child.spanId}</code>`);
    expect(page).toContain(`parent <code>${PARENT}</code>`);
    expect(page).toContain('not exported');
    const root = (await served.get('/tracez?name=none&type=latency&bucket=0')).text;
    expect(root).toContain('>root<');
    expect(root).not.toContain('parent <code>');
  });

  it('T40: a span with an invalid context shows no ids and leads to no trace', async () => {
    const invalid = running('a', 10, { traceId: '0'.repeat(32), spanId: '0'.repeat(16) });
    await using served = await serve(new Map([['a', { running: [invalid] }]]), {
      traceUrl: 'http://viewer.test/{traceId}',
    });
    for (const format of ['html', 'text']) {
      const { text: page } = await served.get(`/tracez?name=a&type=running&format=${format}`);
      expect(page).toContain('test');
      expect(page.replaceAll(/ data-key="[^"]*"/g, '')).not.toMatch(/0{16}|viewer/);
    }
  });

  it('N02, T62: say how many of how many are shown, and how many events are not', async () => {
    const event = { name: 'e', timeUnixMicros: 0, sinceStartMicros: 0, deltaMicros: 0, attributes: [] };
    const eventsDiscarded = { count: 91, afterIndex: 0 };
    const open = Array.from({ length: 5 }, () =>
      running('a', 10, { events: [event, event], eventsDiscarded }),
    );
    await using served = await serve(new Map([['a', { running: open, counts: { running: 1000 } }]]));
    for (const format of ['html', 'text']) {
      const { text: page } = await served.get(`/tracez?name=a&type=running&format=${format}`);
      expect(page).toContain('5 of 1,000, oldest first');
      expect(page).toContain('(91 discarded)');
    }
  });

  it('T48: numbers lead to their samples, zeros lead nowhere', async () => {
    await using served = await serve(
      new Map([['three', { running: [1, 2, 3].map((n) => running('three', n)) }]]),
    );
    const page = (await served.get('/tracez')).text;
    const row = /<tbody>\n<tr.*\n/.exec(page)?.[0] ?? '';
    expect(links(row)).toEqual(['./tracez?name=three', './tracez?name=three&type=running']);
    expect(row).toMatch(/type=running">3<\/a>/);
    expect(row.match(/>0<\/td>/g)).toHaveLength(10);
  });

  it.each(['SPAN NAME', 'SPAN+NAME', 'SPAN + NAME', '{SPAN/NAME}'])(
    'T49: the links of %s find its running span and its latency sample',
    async (name) => {
      const sample = ended(name, 5e6);
      const open = running(name, 10);
      await using served = await serve(new Map([[name, { running: [open], latency: [sample] }]]));
      const found = links((await served.get('/tracez')).text).filter((href) => href.includes('&type='));
      expect(found).toHaveLength(2);
      const pages = await Promise.all(found.map((href) => served.get(href.slice(1))));
      expect(pages[0]?.text).toContain(open.traceId);
      expect(pages[1]?.text).toContain(sample.traceId);
    },
  );

  it('T50: an unknown ztype gives the page without details and does not fail', async () => {
    await using served = await serve(some());
    const page = await served.get('/tracez?zspanname=GET+/&ztype=-1');
    expect(page.status).toBe(200);
    expect(page.text).toContain('class="names"');
    expect(page.text).not.toContain('<article');
    expect((await served.get('/tracez?name=GET+/&type=-1')).status).toBe(400);
  });

  it('T51: details show ids and events of what runs, both latency samples and both errors', async () => {
    const names = some();
    await using served = await serve(names);
    const open = await served.get('/tracez?zspanname=GET+/&ztype=0');
    expect(open.text).toContain(names.get('GET /')?.running?.[0]?.spanId);
    expect(open.text).toContain('cache miss');
    const latency = await served.get('/tracez?zspanname=GET+/&ztype=1&zlatencybucket=3');
    expect(latency.text).toContain('2, newest first');
    for (const { spanId } of names.get('GET /')?.latency ?? []) expect(latency.text).toContain(spanId);
    const failed = await served.get('/tracez?zspanname=fails&ztype=2');
    for (const { spanId } of names.get('fails')?.errors ?? []) expect(failed.text).toContain(spanId);
    expect(failed.text).toContain('Error: <bdi>why</bdi>');
  });

  it('T59: a root span that never ended is listed under running, and JSON carries its name', async () => {
    await using served = await serve(
      new Map([['endless root', { running: [running('endless root', 4e6)] }]]),
    );
    expect((await served.get('/tracez?type=running')).text).toContain('endless root');
    const json = await served.json('/tracez?type=running');
    expect(json.lists[0].spans[0].name).toBe('endless root');
    expect((await served.json('/tracez')).stuck.spans[0]).toMatchObject({ name: 'endless root', ageMs: 4e6 });
    expect((await served.get('/tracez')).text).toContain('1 span runs for more than 1 min.');
  });

  it.each([
    '"><img src=x onerror=alert(1)>',
    '<lambda>',
    "');alert(1)//",
    '</script><script>alert(1)</script>',
  ])(
    'N07: %s as name, key, value, event, status and link makes no element, and comes through JSON unchanged',
    async (evil) => {
      const event = {
        name: evil,
        timeUnixMicros: 0,
        sinceStartMicros: 0,
        deltaMicros: 0,
        attributes: attributes({ [evil]: evil }),
      };
      const span = ended(evil, 1, {
        status: 'ERROR',
        statusMessage: evil,
        scopeName: evil,
        attributes: attributes({ [evil]: evil }),
        events: [event],
        links: [{ traceId: TRACE, spanId: PARENT, attributes: attributes({ [evil]: evil }) }],
        traceId: TRACE,
      });
      const group = { type: evil, message: evil, count: 1, firstUnixMs: 0, lastUnixMs: 0 };
      await using served = await serve(new Map([[evil, { errors: [span], groups: [group] }]]), {
        serviceName: evil,
      });
      const query = `name=${encodeURIComponent(evil)}`;
      for (const path of [
        '/',
        '/tracez',
        `/tracez?${query}`,
        `/tracez?${query}&type=error`,
        `/tracez?trace=${TRACE}`,
        `/tracez?q=${encodeURIComponent(evil)}`,
        `/tracez?name=x${encodeURIComponent(evil)}`,
      ]) {
        const { text: page } = await served.get(path);
        expect(page, path).not.toMatch(/<img|<lambda|<script>alert/);
        // Attribute values are closed by their own quote only.
        expect(page, path).not.toContain('"">');
      }
      const json = await served.json(`/tracez?${query}&type=error`);
      expect(json.lists[0].spans[0]).toMatchObject({
        name: evil,
        statusMessage: evil,
        attributes: [{ key: evil, value: evil }],
      });
    },
  );

  it.each([
    'a/b',
    'a?b',
    'a#b',
    '100%',
    'a&b=c',
    'a+b',
    '',
    '..',
    '.',
    '__proto__',
    'constructor',
    '日本語',
    '\ud800',
    'x\udfff',
    'n'.repeat(4096),
    '日'.repeat(4096),
    '%2e',
    'amqp://u:p@h',
    ' ',
    'a\nb\u0000',
  ])('N08: the row of %j and its three detail pages are reachable by links', async (name) => {
    const data = { running: [running(name)], errors: [ended(name, 1)], latency: [ended(name, 2)] };
    await using served = await serve(
      new Map<string, FakeName>([
        ['other', { running: [running('other')] }],
        [name, data],
      ]),
    );
    const ref = (await served.json('/tracez')).rows.find(
      (row: { latency: number[] }) => row.latency[0] === 1,
    ).ref;
    const found = links((await served.get('/tracez')).text).filter((href) => `${href}&`.includes(`?${ref}&`));
    expect(found.map((href) => href.slice(`./tracez?${ref}`.length))).toEqual([
      '',
      '&type=running',
      '&type=latency&bucket=0',
      '&type=error',
    ]);
    const pages = await Promise.all(found.map((href) => served.get(href.slice(1))));
    const spans = [data.running[0], data.latency[0], data.errors[0]];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const [i, span] of spans.entries()) {
      expect(pages[i + 1]?.text).toContain(span?.spanId);
      expect(pages[0]?.text).toContain(span?.spanId);
    }
    expect(({} as Record<string, unknown>)['latency']).toBeUndefined();
  });

  it('N17: secrets are redacted in HTML, JSON, text and the API, and shown to whom authorize calls sensitive', async () => {
    const secrets = {
      'http.request.header.authorization': 'geheim-1',
      password: 'geheim-2',
      'url.full': 'https://me:geheim-3@host/p?token=geheim-4&sig=geheim-5&ok=1',
    };
    const name = 'GET http://me:geheim-6@host';
    const event = {
      name: 'login password=geheim-7',
      timeUnixMicros: 0,
      sinceStartMicros: 0,
      deltaMicros: 0,
      attributes: attributes({ cookie: 'geheim-8' }),
    };
    const span = ended(name, 1, {
      status: 'ERROR',
      statusMessage: 'no route to amqp://me:geheim-9@broker',
      attributes: attributes(secrets),
      events: [event],
      traceId: TRACE,
    });
    const names = new Map([
      [
        name,
        {
          errors: [span],
          running: [running(name, 1e6, { attributes: attributes(secrets) })],
          groups: [{ message: 'amqp://me:geheim-9@broker', count: 1, firstUnixMs: 0, lastUnixMs: 0 }],
        },
      ],
    ]);
    const ask = async (options: Parameters<typeof serve>[1]) => {
      await using served = await serve(names, options);
      const { ref } = (await served.json('/tracez')).rows[0];
      const paths = [
        '/tracez',
        `/tracez?${ref}`,
        `/tracez?${ref}&type=error`,
        `/tracez?${ref}&type=running`,
        '/tracez?type=running',
        `/tracez?trace=${TRACE}`,
        '/tracez/api/aggregations',
        `/tracez/api/error/${encodeURIComponent(name)}`,
        `/tracez/api/running/${encodeURIComponent(name)}`,
        '/tracez?q=geheim',
      ];
      const formats = ['html', 'json', 'text'].flatMap((format) =>
        paths.map((path) => `${path}${path.includes('?') ? '&' : '?'}format=${format}`),
      );
      const answers = await Promise.all(formats.map((path) => served.get(path)));
      expect(answers.map(({ status }) => status)).toEqual(formats.map(() => 200));
      return answers
        .map((answer) =>
          answer.text
            .replaceAll('q=geheim', '')
            .replaceAll('value="geheim"', '')
            .replaceAll('"filter":"geheim"', ''),
        )
        .join('\n');
    };
    const redacted = await ask({});
    expect(redacted).not.toContain('geheim');
    expect(redacted).toContain('[redacted]');
    expect(redacted).toContain('ok=1');
    expect(await ask({ authorize: () => true })).not.toContain('geheim');
    const all = await ask({ authorize: () => ({ sensitive: true }) });
    for (let i = 1; i <= 9; i++) expect(all).toContain(`geheim-${i}`);
  });

  it('N18: the format follows Accept, and HTML is the default', async () => {
    await using served = await serve(some());
    const typeFor = async (accept?: string) =>
      (await served.get('/tracez', accept === undefined ? {} : { headers: { accept } })).headers[
        'content-type'
      ];
    expect(await typeFor('application/json')).toMatch('application/json');
    expect(await typeFor('text/html')).toMatch('text/html');
    expect(await typeFor('text/plain')).toMatch('text/plain');
    expect(await typeFor()).toMatch('text/html');
    const table = (await served.get('/tracez', text)).text;
    expect(table).toMatch(/^NAME +RUNNING +>0us .*ERRORS +P50 +P95 +P99$/m);
    expect(table).toMatch(/^GET \/ +1( +\.){3} +2( +\.){5} +\. +1\.00 ms/m);
    const parameter = await served.get('/tracez?format=json', { headers: { accept: 'text/html' } });
    expect(JSON.parse(parameter.text).rows).toHaveLength(2);
    expect((await served.get('/tracez?format=xml')).status).toBe(400);
  });

  it('N19: the four API paths answer with the messages of the specification', async () => {
    const names = some();
    const many = Array.from({ length: 8 }, (_, i) =>
      running('many', i + 1, { attributes: attributes({ n: 1, d: 0.5, b: true, s: 'x', l: ['a'] }) }),
    );
    names.set('many', { running: many });
    await using served = await serve(names);
    const counts = await served.json('/tracez/api/aggregations');
    expect(counts[0]).toEqual({
      spanname: 'GET /',
      latency: [0, 0, 0, 2, 0, 0, 0, 0, 0],
      running: 1,
      error: 0,
    });
    const latency = await served.json('/tracez/api/latency/3/GET%20%2F');
    expect(latency).toHaveLength(2);
    expect(Object.keys(latency[0])).toEqual([
      'traceid',
      'spanid',
      'parentid',
      'starttime',
      'endtime',
      'attributes',
      'events',
      'links',
    ]);
    expect(latency[0].traceid).toMatch(/^[0-9a-f]{32}$/);
    expect(latency[0].spanid).toMatch(/^[0-9a-f]{16}$/);
    expect(BigInt(latency[0].endtime) - BigInt(latency[0].starttime)).toBe(2_000_000n);
    const open = await served.json('/tracez/api/running/many');
    expect(open).toHaveLength(5);
    expect(Object.keys(open[0])).toEqual([
      'traceid',
      'spanid',
      'parentid',
      'starttime',
      'attributes',
      'events',
      'links',
    ]);
    expect(open[0].attributes.map((attribute: { value: unknown }) => attribute.value)).toEqual([
      { intValue: '1' },
      { doubleValue: 0.5 },
      { boolValue: true },
      { stringValue: 'x' },
      { arrayValue: { values: [{ stringValue: 'a' }] } },
    ]);
    const failed = await served.json('/tracez/api/error/fails');
    expect(failed[1].status).toEqual({ code: 2, message: 'why' });
    expect(failed[1].endtime).toBeUndefined();
    expect((await served.json('/tracez/api/running/GET /'.replace(' ', '%20')))[0].events[0].name).toBe(
      'cache miss',
    );
    for (const path of ['/tracez/api', '/tracez/api/x', '/tracez/api/latency/3', '/tracez/other']) {
      expect((await served.get(path)).status, path).toBe(404);
    }
    expect((await served.get('/tracez/api/latency/9/fails')).status).toBe(400);
    expect((await served.get('/tracez/api/error/nobody')).status).toBe(404);
  });

  it('sorts and filters on the server, says so to assistive technology, and keeps both in its links', async () => {
    const names = new Map<string, FakeName>([
      ['b', { counts: { running: 1 } }],
      ['a', { counts: { running: 3 }, overflow: true }],
      ['c', { counts: { running: 2, errors: 1 } }],
    ]);
    await using served = await serve(names);
    const order = async (query: string) =>
      (await served.json(`/tracez?${query}`)).rows.map((row: { name: string }) => row.name);
    expect(await order('sort=running')).toEqual(['c', 'b', 'a']);
    expect(await order('sort=running&order=asc')).toEqual(['b', 'c', 'a']);
    expect(await order('sort=name&order=desc')).toEqual(['c', 'b', 'a']);
    expect(await order('q=C')).toEqual(['c']);
    expect(await order('only=errors')).toEqual(['c']);
    const page = (await served.get('/tracez?sort=running&q=c')).text;
    expect(page).toContain('aria-sort="descending"><a href="./tracez?q=c&amp;sort=running&amp;order=asc"');
    expect(page).toContain('1 of 3 names');
    expect((await served.get('/tracez?q=zzz')).text).toContain('None of the 3 names fits the filter.');
    expect((await served.get('/tracez?overflow=1')).text).toContain('all other names');
    for (const bad of [
      'sort=x',
      'sort=bucket9',
      'order=up',
      'only=some',
      'overflow=2',
      'hash=x',
      'trace=12',
      'type=error',
      'type=latency&name=b',
    ]) {
      expect((await served.get(`/tracez?${bad}`)).status, bad).toBe(400);
    }
  });

  it.each([
    [undefined, '1 span: all that this process ran of it'],
    [[0], '1 span of it here; others may have ended before it was followed'],
    [[1], '1 span of it here; 1 more ended and was not kept'],
    [[1234], '1 span of it here; 1,234 more ended and were not kept'],
  ] as const)('says how much of a trace it does not show: %j', async (notKept, words) => {
    const names = new Map([['a', { latency: [ended('a', 1, { traceId: TRACE })], notKept }]]);
    await using served = await serve(names);
    for (const format of ['html', 'text']) {
      const { text: page } = await served.get(`/tracez?trace=${TRACE}&format=${format}`);
      expect(page).toContain(words);
    }
    expect(await served.json(`/tracez?trace=${TRACE}`)).toMatchObject({
      whole: notKept === undefined,
      spansNotKept: notKept?.[0] ?? 0,
    });
  });

  it('shows an outline without the details that are not known', async () => {
    const outline = ended('a', 1, { traceId: TRACE, outline: true, status: 'ERROR', statusMessage: 'why' });
    await using served = await serve(new Map([['a', { errors: [outline] }]]));
    const { text: page } = await served.get(`/tracez?trace=${TRACE}`);
    expect(page).toContain('only name, times and status are kept');
    expect(page).toContain('error: <bdi>why</bdi>');
    expect(page).not.toMatch(/<details><summary>|attributes/);
    expect((await served.get(`/tracez?trace=${TRACE}&format=text`)).text).toContain('it is no sample');
  });

  it('shows a whole trace, parent above child, with a link to the viewer', async () => {
    const parent = running('parent', 5000, { traceId: TRACE });
    const child = ended('child', 1e9, {
      traceId: TRACE,
      parentSpanId: parent.spanId,
      status: 'ERROR',
      statusMessage: 'oh',
    });
    const names = new Map<string, FakeName>([
      ['child', { errors: [child] }],
      ['parent', { running: [parent] }],
    ]);
    await using served = await serve(names, { traceUrl: 'http://viewer.test/t/{traceId}?s={spanId}' });
    const page = (await served.get(`/tracez?trace=%20${TRACE.toUpperCase()}%20`)).text;
    expect(page.indexOf('parent</bdi>')).toBeLessThan(page.indexOf('child</bdi>'));
    expect(page).toContain(`href="http://viewer.test/t/${TRACE}?s="`);
    expect((await served.get(`/tracez?trace=${'0'.repeat(31)}9`)).status).toBe(404);
    expect((await served.get('/tracez?type=running')).text).toContain(
      `http://viewer.test/t/${TRACE}?s=${parent.spanId}`,
    );
    expect((await served.get(`/tracez?trace=${TRACE}`, text)).text).toMatch(
      /running {2}parent[\s\S]*\n {2}1\.00 s {2}child/,
    );
  });

  it('says that a parent is in another process only where it is not on the page', async () => {
    const parent = ended('parent', 2, { traceId: TRACE, parentSpanId: 'e'.repeat(16), parentIsRemote: true });
    const thread = { traceId: TRACE, parentSpanId: parent.spanId, parentIsRemote: true } as const;
    await using served = await serve(
      new Map([['a', { latency: [parent, ended('in a thread', 1, thread)] }]]),
    );
    const page = (await served.get(`/tracez?trace=${TRACE}`)).text;
    expect(page.match(/parent <code>\w+<\/code> in another process/g)).toEqual([
      `parent <code>${'e'.repeat(16)}</code> in another process`,
    ]);
  });

  it('says why it is empty', async () => {
    await using served = await serve(new Map());
    for (const format of ['html', 'text', 'json']) {
      expect((await served.get(`/tracez?format=${format}`)).text).toContain(
        'No OpenTelemetry SDK is registered',
      );
    }
  });

  it('says what it costs and has lost, and opens that where something is wrong', async () => {
    const calm = await serve(some());
    expect((await calm.get('/tracez')).text).toContain('4.0 KiB of samples, 0 dropped');
    await calm[Symbol.asyncDispose]();
    await using troubled = await serve(
      fakeCore(some(), (answer) => ({
        ...answer,
        self: { ...answer.self, internalErrors: 2, lastInternalError: 'Error: <x>' },
      })),
    );
    expect((await troubled.get('/tracez')).text).toMatch(
      /<details class="account"[^>]* open>[\s\S]*Error: &lt;x&gt;/,
    );
  });

  it('keeps to its size whatever it has to say, and says how much is missing', async () => {
    const names = new Map<string, FakeName>(
      Array.from({ length: 3000 }, (_, i) => [
        `${i} ${'日'.repeat(190)}`,
        { counts: { running: 1, errors: 1, latency: [1, 1, 1, 1, 1, 1, 1, 1, 1] } },
      ]),
    );
    const big = 'v'.repeat(20_000);
    names.set('big', {
      running: Array.from({ length: 20 }, () => running('big', 1, { attributes: attributes({ big }) })),
    });
    await using served = await serve(names, { maxAnswerBytes: 100_000 });
    for (const format of ['html', 'json', 'text']) {
      for (const path of [
        '/tracez?',
        '/tracez?name=big&',
        '/tracez?name=big&type=running&',
        '/tracez?type=running&',
      ]) {
        const answer = await served.get(`${path}format=${format}`);
        expect(answer.status, path + format).toBe(200);
        expect(Buffer.byteLength(answer.text), path + format).toBeLessThan(100_000);
        expect(answer.text, path + format).toMatch(/no room|Omitted|WithoutRoom/);
      }
    }
    expect(Buffer.byteLength((await served.get('/tracez/api/aggregations')).text)).toBeLessThan(100_000);
  });
});
