# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The page about a demo: complete, self-contained, harmless, and read by a browser."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
import re
import shutil
import subprocess

import pytest

from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.failure import Correction, Failure, FailureKind
from f2p_core.files import write_failure
from f2p_eval.report import write_report
from f2p_eval.story import read_story, STORY_FILE
from f2p_learning.results import GateReport
from f2p_learning.run_directory import read_run_json

WriteStory = Callable[..., Path]
RUN = 'runs/run_1'
RECORDED = 'incorrect symbolic prediction'
BROWSER = next(
    (p for p in map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome')) if p), None
)
PROBE = """<script>
addEventListener('load', () => {
  const empty = [...document.images].filter(i => !i.complete || i.naturalWidth === 0);
  const wide = document.documentElement.scrollWidth > innerWidth;
  document.title = `${document.images.length} images, ${empty.length} empty, wide ${wide}`;
});
</script>"""


class Page(HTMLParser):
    """Headings, text, and whatever a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.references: list[str] = []
        self.tags: list[str] = []
        self.text = ''
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.references += [
            value or '' for name, value in attrs if name in ('src', 'href', 'srcset', 'data')
        ]
        if tag in ('h1', 'h2', 'h3'):
            self.headings.append('')

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.headings and self.headings[-1] == '':
            self.headings[-1] = data.strip()


@pytest.fixture(scope='module')
def demo(write_demo: WriteStory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp('demo'))


@pytest.fixture(scope='module')
def page_file(demo: Path) -> Path:
    return write_report(demo)


@pytest.fixture(scope='module')
def page(page_file: Path) -> Page:
    return Page(page_file.read_text())


def test_every_section_is_there_in_the_order_of_the_story(page: Page) -> None:
    found = [h for h in page.headings if not h.startswith(('First plan', 'Executed', 'Scenes'))]
    assert found == [
        'A robot learned from one failure',
        'The story',
        'T1',
        'Learning from the failure',
        'What model version 1 predicted and what was observed',
        'Where the scenes have their objects',
        'Particles',
        'Entropy: how unsure model version 1 was',
        'Learning curve',
        'The gate',
        'Time per stage',
        'T2',
        'Summary',
    ]  # fmt: skip


@pytest.mark.parametrize(
    'figure',
    ['12% → 88%', '39 s', '0.938', '0.3141', '0.2718', '0.4567', '61', '0.9953', '2.22', '0.85'],
)
def test_the_figures_are_there(page: Page, figure: str) -> None:
    assert figure in page.text


def test_what_was_executed_says_how_it_went(page: Page) -> None:
    assert 'not as predicted: 1 relation differs' in page.text
    assert 'predicted 0.02, observed true' in page.text
    assert 'motion failed: no_path: the arm is in the way' in page.text


def test_the_failure_has_a_picture_between_before_and_after(page_file: Path) -> None:
    first_task = page_file.read_text().partition('id="T1"')[2].partition('</section>')[0]
    captions = re.findall(r'<figcaption>(.*?)</figcaption>', first_task)
    assert [caption.split(':')[0] for caption in captions] == ['before', 'at the failure', 'after']


def test_the_page_refers_to_nothing_but_itself(page: Page) -> None:
    assert page.references
    assert all(ref.startswith(('data:', '#')) for ref in page.references)
    assert not {'script', 'link', 'iframe', 'object'} & set(page.tags)


def test_same_story_same_page(page_file: Path, demo: Path) -> None:
    first = page_file.read_bytes()
    assert write_report(demo).read_bytes() == first


def test_words_of_users_are_escaped(write_demo: WriteStory, tmp_path: Path) -> None:
    text = write_report(write_demo(tmp_path, title='<script>alert("x")</script>')).read_text()
    assert 'script' not in Page(text).tags
    assert '&lt;script&gt;' in text


def test_a_refused_run_is_no_success(write_demo: WriteStory, tmp_path: Path, demo: Path) -> None:
    learned = read_run_json(demo / RUN, 'result.json')['gate']
    gate = GateReport(**learned | {'accepted': False, 'reason': 'the reason it gave'})
    page = Page(write_report(write_demo(tmp_path, gate=gate)).read_text())
    assert page.headings[0] == 'A robot failed, and no new model passed the gate'
    assert 'not learned' in page.text
    assert 'Refused: the reason it gave.' in page.text


@pytest.mark.parametrize(
    ('kind', 'shown'),
    [
        (
            FailureKind.DISTURBANCE,
            f'Failure kind: disturbance, as Ada corrected it; recorded as {RECORDED} (',
        ),
        (None, f'Failure kind: no failure, as Ada corrected it; recorded as {RECORDED} ('),
    ],
)
def test_a_corrected_failure_shows_the_correction_and_whose_word_it_is(
    write_demo: WriteStory,
    failure: Failure,
    tmp_path: Path,
    kind: FailureKind | None,
    shown: str,
) -> None:
    run = write_demo(tmp_path) / RUN
    assert f'Failure kind: {RECORDED} (' in Page(write_report(run).read_text()).text
    said = Correction(kind=kind, who='Ada', stamp_ns=1)
    write_failure(run / 'failure.json', failure.model_copy(update={'correction': said}))
    assert shown in Page(write_report(run).read_text()).text


def test_a_learning_run_alone_has_a_page(demo: Path) -> None:
    page = Page(write_report(demo / RUN).read_text())
    assert page.headings[:2] == ['What was learned from one failure', 'Learning from the failure']
    assert 'Summary' not in page.headings


@pytest.mark.parametrize(
    ('name', 'damage', 'message'),
    [
        (STORY_FILE, lambda text: text[: len(text) // 2], 'not usable JSON'),
        (STORY_FILE, lambda text: '\x00' + text, 'not usable JSON'),
        (
            STORY_FILE,
            lambda text: text.replace('"schema_version": 1', '"schema_version": 2'),
            'it is 2; this software reads version 1',
        ),
        (STORY_FILE, lambda text: text.replace('"success": false', '"success": 3'), 'success'),
        (f'{RUN}/result.json', lambda text: text[:40], 'not usable JSON'),
        (f'{RUN}/failure.json', lambda text: text[:40], 'changed or cut'),
        (f'{RUN}/round_1/generation.json', lambda text: '{}', 'scenes: missing'),
        (f'{RUN}/round_1/tuning.json', lambda text: '["a"]', r'\[0\]'),
    ],
)
def test_a_damaged_file_gives_one_error_that_names_it(
    write_demo: WriteStory,
    tmp_path: Path,
    name: str,
    damage: Callable[[str], str],
    message: str,
) -> None:
    path = write_demo(tmp_path) / name
    path.write_text(damage(path.read_text()))
    with pytest.raises(F2PError, match=f'{re.escape(name)}.*{message}') as error:
        write_report(tmp_path)
    assert '\n' not in str(error.value)
    assert not (tmp_path / 'report.html').exists()


def test_a_missing_run_is_named(write_demo: WriteStory, tmp_path: Path) -> None:
    shutil.rmtree(write_demo(tmp_path) / RUN)
    with pytest.raises(F2PError, match=f'{RUN}.*cannot be read'):
        write_report(tmp_path)


@pytest.mark.parametrize('folder', ['', 'missing'])
def test_a_directory_of_something_else_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(InvalidInputError, match=r'neither story\.json nor result\.json'):
        write_report(tmp_path / folder)


def test_a_story_without_file_says_who_writes_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match='f2p demo'):
        read_story(tmp_path)


@pytest.mark.skipif(BROWSER is None, reason='no chromium or google-chrome in PATH')
@pytest.mark.parametrize('width', [1200, 500])
def test_a_browser_shows_every_picture_without_complaint(
    page_file: Path, page: Page, tmp_path: Path, width: int
) -> None:
    assert BROWSER is not None
    copy = tmp_path / 'page.html'
    copy.write_text(page_file.read_text() + PROBE)
    done = subprocess.run(
        [
            BROWSER, '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
            '--enable-logging=stderr', f'--user-data-dir={tmp_path / "profile"}',
            f'--window-size={width},900', '--dump-dom', copy.as_uri(),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    images = page.tags.count('img')
    assert images > 10
    assert f'<title>{images} images, 0 empty, wide false</title>' in done.stdout
    assert 'CONSOLE' not in done.stderr
