import { describe, expect, it } from 'vitest';
import { findZipkin, ZIPKIN_VERSION } from './find-zipkin.ts';
import type { Finished } from './find-zipkin.ts';

const java17 = { status: 0, output: 'openjdk version "17.0.15" 2025-04-15' };
const programs = (of: Record<string, Finished>) => (program: string) => of[program];

describe('findZipkin', () => {
  it('takes the one that ZIPKIN_URL names', () => {
    expect(findZipkin({ env: { ZIPKIN_URL: 'http://zipkin:9411/' }, run: () => undefined })).toEqual({
      how: 'url',
      url: 'http://zipkin:9411',
    });
  });

  it('takes a jar that is there, with the Java of JAVA_HOME', () => {
    const found = findZipkin({
      env: { JAVA_HOME: '/opt/jdk' },
      exists: () => true,
      run: programs({ '/opt/jdk/bin/java': java17 }),
    });
    expect(found).toMatchObject({ how: 'jar', java: '/opt/jdk/bin/java' });
    expect((found as { jar: string }).jar).toContain(`zipkin-server-${ZIPKIN_VERSION}-exec.jar`);
  });

  it('fetches the jar when it is not there', () => {
    let fetched = false;
    const found = findZipkin({
      env: {},
      exists: () => fetched,
      run: (program) => {
        if (program === 'mvn') fetched = true;
        return program === 'mvn' ? { status: 0, output: '' } : java17;
      },
    });
    expect(found.how).toBe('jar');
  });

  it.each([
    ['no Java', {}, {}, 'none was found'],
    ['an old Java', {}, { java: { status: 0, output: 'java version "1.8.0_392"' } }, 'java is 8'],
    ['a Java of no known version', {}, { java: { status: 0, output: '' } }, 'of an unknown version'],
    ['a jar that is none', { ZIPKIN_JAR: '/nope' }, { java: java17 }, '"/nope" is none'],
    ['no Maven', {}, { java: java17 }, 'there is no mvn'],
    ['no Maven Central', {}, { java: java17, mvn: { status: 1, output: '' } }, 'could not fetch'],
  ])('says what is missing: %s', (_, env, of, why) => {
    const found = findZipkin({ env, exists: () => false, run: programs(of as Record<string, Finished>) });
    expect(found).toMatchObject({ how: 'none', why: expect.stringContaining(why) });
    expect(found).toMatchObject({ why: expect.stringContaining('ZIPKIN_URL') });
  });
});
