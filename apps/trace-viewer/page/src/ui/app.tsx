import { useState } from 'preact/hooks';
import { readRoute, readSearch, writeRoute } from '../model/route.js';
import { DependencyPage } from './dependencies/dependency-page.js';
import { DropZone } from './drop-zone.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { ListPage } from './list/list-page.js';
import { navigate, useLocation } from './location.js';
import { useTheme } from './theme.js';
import { TracePage } from './trace/trace-page.js';
import { useKeys } from './use-keys.js';
import { addLocalTraces } from '../data/local-traces.js';
import type { LocalTrace } from '../data/local-traces.js';
import { useLocalTraces } from './use-local-traces.js';

/** The page: what the address asks for, below what is always there. */
export function App() {
  const location = useLocation();
  const route = readRoute(location);
  const [theme, nextTheme] = useTheme();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [fileProblem, setFileProblem] = useState<string>();
  const local = useLocalTraces();

  useKeys('anywhere', (command) => {
    if (command === 'help') setHelpOpen((open) => !open);
    else if (command === 'theme') nextTheme();
    else if (command === 'close' && isHelpOpen) setHelpOpen(false);
    else return false;
    return true;
  });

  const openFiles = async (files: readonly File[]): Promise<void> => {
    setFileProblem(undefined);
    const added: LocalTrace[] = [];
    for (const file of files) {
      try {
        for (const trace of addLocalTraces(await file.text(), file.name)) added.push(trace);
      } catch (error) {
        setFileProblem(
          `${file.name} cannot be read as spans. ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
    const [first] = added;
    if (!first) return;
    const { traceId, fileName } = first;
    navigate(writeRoute(added.length === 1 ? { page: 'trace', traceId, file: fileName } : { page: 'list' }));
  };
  const shown =
    route.page === 'trace'
      ? local.find(({ traceId, fileName }) => traceId === route.traceId && fileName === route.file)
      : undefined;
  const view = readSearch(location);
  view.delete('file');

  return (
    <DropZone onFiles={openFiles}>
      <Header
        page={route.page}
        theme={theme}
        onTheme={nextTheme}
        onHelp={() => setHelpOpen(true)}
        onFiles={openFiles}
      />
      {fileProblem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{fileProblem}</span>
          <button type="button" class="plain" onClick={() => setFileProblem(undefined)}>
            Dismiss
          </button>
        </div>
      )}
      {route.page === 'list' && <ListPage search={location.search} />}
      {route.page === 'trace' && (
        <TracePage
          key={`${route.traceId} ${shown?.number}`}
          traceId={route.traceId}
          file={route.file}
          local={shown}
          search={view.toString()}
        />
      )}
      {route.page === 'dependencies' && <DependencyPage search={location.search} />}
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </DropZone>
  );
}
