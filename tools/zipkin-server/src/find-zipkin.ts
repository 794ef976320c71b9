import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The release that the contract was written against. */
export const ZIPKIN_VERSION = '3.6.1';

/** The oldest Java that runs it. */
const LEAST_JAVA = 17;

/** A Zipkin that runs already, a program to run, or why there is neither. */
export type FoundZipkin =
  | { readonly how: 'url'; readonly url: string }
  | { readonly how: 'jar'; readonly java: string; readonly jar: string }
  | { readonly how: 'none'; readonly why: string };

/** What {@link findZipkin} looks at and does. */
export interface ZipkinSearch {
  readonly env?: NodeJS.ProcessEnv;
  readonly exists?: (path: string) => boolean;
  /** Runs a program to its end; undefined when it is not there. */
  readonly run?: (program: string, args: readonly string[]) => Finished | undefined;
}

/** How a program ended. */
export interface Finished {
  readonly status: number | null;
  /** Both streams. */
  readonly output: string;
}

/**
 * The real Zipkin: at `ZIPKIN_URL` if set, else the server's jar (`ZIPKIN_JAR`, else the local Maven repository, else
 * fetched with Maven into it) with a Java of 17 or newer (`JAVA_HOME`, else the PATH). Never throws: where there is
 * none, the answer says what is missing.
 */
export function findZipkin({
  env = process.env,
  exists = existsSync,
  run = runToItsEnd,
}: ZipkinSearch = {}): FoundZipkin {
  const url = env['ZIPKIN_URL'];
  if (url !== undefined && url !== '') return { how: 'url', url: url.replace(/\/+$/, '') };

  const java = env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'java') : 'java';
  const version = run(java, ['-version']);
  if (version === undefined || version.status !== 0) {
    return none(`Java ${LEAST_JAVA} or newer is needed, and none was found`);
  }
  const major = Number(/version "(?:1\.)?(\d+)/.exec(version.output)?.[1]);
  if (!(major >= LEAST_JAVA)) {
    return none(`Java ${LEAST_JAVA} or newer is needed, and ${java} is ${major || 'of an unknown version'}`);
  }

  const named = env['ZIPKIN_JAR'];
  if (named !== undefined && named !== '') {
    if (exists(named)) return { how: 'jar', java, jar: named };
    return none(`ZIPKIN_JAR must name a file, and "${named}" is none`);
  }
  const jar = join(
    homedir(),
    `.m2/repository/io/zipkin/zipkin-server/${ZIPKIN_VERSION}/zipkin-server-${ZIPKIN_VERSION}-exec.jar`,
  );
  if (!exists(jar)) {
    const fetched = run('mvn', [
      '-q',
      '-B',
      'dependency:get',
      `-Dartifact=io.zipkin:zipkin-server:${ZIPKIN_VERSION}:jar:exec`,
      '-Dtransitive=false',
    ]);
    if (fetched === undefined) return none('the server is fetched with Maven, and there is no mvn');
    if (fetched.status !== 0 || !exists(jar)) return none('Maven could not fetch the server');
  }
  return { how: 'jar', java, jar };
}

function none(what: string): FoundZipkin {
  return {
    how: 'none',
    why: `${what}. Set ZIPKIN_URL to a Zipkin that runs (docker run -d -p 9411:9411 openzipkin/zipkin), or install what is missing.`,
  };
}

function runToItsEnd(program: string, args: readonly string[]): Finished | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 });
  return error === undefined ? { status, output: stdout + stderr } : undefined;
}
