// Everything that came from elsewhere is shown through text nodes only.
const MAX_TEXT_BYTES = 2 * 1024 * 1024;
const POLL_MS = 1000;

const byId = (id) => document.getElementById(id);

function element(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}

function linkTo(url, child) {
  const link = element('a', child);
  link.href = url;
  return link;
}

function showStatus(text, { error = false } = {}) {
  byId('outcome').hidden = false;
  byId('status').textContent = text;
  byId('status').classList.toggle('error', error);
}

function showTask(task) {
  const rows = [
    ['Words', task.result?.words],
    ['Different words', task.result?.uniqueWords],
    ['Longest word', task.result?.longestWord],
    ['Most frequent', task.result?.topWords?.map(([word, count]) => `${word} (${count})`).join(', ')],
    ['Chunks', task.result?.chunks],
    ['Bytes received', task.result?.receivedBytes],
    ['Task', task.id],
    ['Trace', task.traceId, task.traceUrl],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  byId('result').replaceChildren(
    ...shown.flatMap(([name, value, url]) => {
      const text = String(value);
      const cell = name === 'Trace' || name === 'Task' ? element('code', text) : text;
      return [element('dt', name), element('dd', url === undefined ? cell : linkTo(url, cell))];
    }),
  );
  if (task.status === 'done') showStatus('Done.');
  else if (task.status === 'running') showStatus('Still running…');
  else showStatus(task.error ?? task.message ?? 'Failed.', { error: true });
}

async function readAnswer(response) {
  try {
    return await response.json();
  } catch {
    return { message: `The server answered ${response.status} without JSON.` };
  }
}

async function followTask(location) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const response = await fetch(location);
    const task = await readAnswer(response);
    if (!response.ok) throw new Error(task.message);
    showTask(task);
    if (task.status !== 'running') return;
  }
}

async function chosenText() {
  const [file] = byId('file').files;
  if (file === undefined) return byId('text').value;
  if (file.size > MAX_TEXT_BYTES)
    throw new Error(`The file has ${file.size} bytes; at most 2 MiB are taken.`);
  return file;
}

async function submit() {
  byId('result').replaceChildren();
  showStatus('Working…');
  const response = await fetch('tasks', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: await chosenText(),
  });
  const task = await readAnswer(response);
  if (!response.ok) {
    showTask({ ...task, status: 'failed' });
    showStatus(task.message, { error: true });
    return;
  }
  showTask(task);
  if (task.status === 'running') await followTask(response.headers.get('Location'));
}

async function showRecent() {
  const response = await fetch('tasks?limit=10');
  if (!response.ok) return;
  const tasks = await response.json();
  byId('recent-empty').hidden = tasks.length > 0;
  byId('recent').replaceChildren(
    ...tasks.map((task) => {
      const link = element('a', element('code', task.id));
      link.href = `tasks/${encodeURIComponent(task.id)}`;
      return element('li', link, ` ${task.status}`);
    }),
  );
}

byId('task').addEventListener('submit', async (event) => {
  event.preventDefault();
  byId('send').disabled = true;
  try {
    await submit();
  } catch (error) {
    showStatus(`Not sent: ${error.message}`, { error: true });
  } finally {
    byId('send').disabled = false;
  }
  await showRecent().catch(() => undefined);
});

await showRecent().catch(() => undefined);
