/**
 * The library's tables, as the steps that lead to them: step n makes version n of version n - 1. A step that people have is never changed.
 * Times are ms since 1970, lengths UTF-16 code units.
 */
export const migrations: readonly string[] = [
  `
  create table documents (
    -- The SHA-256 of its bytes, which are kept in a file of that name: the same file is the same document.
    id text primary key,
    name text not null,
    bytes integer not null,
    folder text not null,
    source text,
    added integer not null,
    pages integer not null,
    characters integer not null,
    empty_pages text not null,
    notes text not null,
    -- What follows the last page's text.
    tail text not null,
    -- 0 while its pages are still being written.
    whole integer not null,
    removed integer
  ) strict;

  -- A document's text is every page's "before" and text, one after the other, and the tail.
  create table pages (
    key integer primary key,
    document text not null references documents(id),
    number integer not null,
    label text,
    start integer not null,
    before text not null,
    text text not null,
    unique (document, number)
  ) strict;

  create table token_counts (
    document text not null references documents(id) on delete cascade,
    model text not null,
    tokens integer not null,
    primary key (document, model)
  ) strict, without rowid;

  create table conversations (
    id text primary key,
    title text not null,
    branch_of text,
    created integer not null,
    changed integer not null,
    removed integer
  ) strict;

  -- No reference to documents: a conversation outlives them, and finds them again when the same file comes back.
  create table conversation_documents (
    conversation text not null references conversations(id) on delete cascade,
    position integer not null,
    document text not null,
    name text not null,
    primary key (conversation, position)
  ) strict, without rowid;

  create table turns (
    key integer primary key,
    id text not null unique,
    conversation text not null references conversations(id) on delete cascade,
    question text not null,
    answer text not null,
    -- JSON of what the turn came to; null while it is being answered.
    outcome text
  ) strict;
  create index turns_of_conversation on turns (conversation);

  create virtual table pages_index using fts5 (text, content = 'pages', content_rowid = 'key', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
  create trigger page_added after insert on pages begin
    insert into pages_index (rowid, text) values (new.key, new.text);
  end;
  create trigger page_removed after delete on pages begin
    insert into pages_index (pages_index, rowid, text) values ('delete', old.key, old.text);
  end;

  -- A turn is indexed once its answer is whole; from then on it does not change.
  create virtual table turns_index using fts5 (question, answer, content = 'turns', content_rowid = 'key', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
  create trigger turn_added after insert on turns when new.outcome is not null begin
    insert into turns_index (rowid, question, answer) values (new.key, new.question, new.answer);
  end;
  create trigger turn_settled after update of outcome on turns when old.outcome is null and new.outcome is not null begin
    insert into turns_index (rowid, question, answer) values (new.key, new.question, new.answer);
  end;
  create trigger turn_removed after delete on turns when old.outcome is not null begin
    insert into turns_index (turns_index, rowid, question, answer) values ('delete', old.key, old.question, old.answer);
  end;

  create virtual table titles_index using fts5 (title, id unindexed, kind unindexed, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
  create trigger document_added after insert on documents begin
    insert into titles_index (title, id, kind) values (new.name, new.id, 'document');
  end;
  create trigger document_renamed after update of name on documents begin
    update titles_index set title = new.name where id = new.id;
  end;
  create trigger document_removed after delete on documents begin
    delete from titles_index where id = old.id;
  end;
  create trigger conversation_added after insert on conversations begin
    insert into titles_index (title, id, kind) values (new.title, new.id, 'conversation');
  end;
  create trigger conversation_renamed after update of title on conversations begin
    update titles_index set title = new.title where id = new.id;
  end;
  create trigger conversation_removed after delete on conversations begin
    delete from titles_index where id = old.id;
  end;

  create table notes (name text primary key, value text not null) strict, without rowid;
  `,
  `
  -- JSON of what of its documents the model is given; null is all of them.
  alter table conversations add column extent text;
  `,
  `
  -- Numbers of the pages whose pictures text was looked for in.
  alter table documents add column recognised text not null default '[]';
  -- JSON of the lines that were recognised; null where the text is the file's own.
  alter table pages add column lines text;
  create trigger page_changed after update of text on pages begin
    insert into pages_index (pages_index, rowid, text) values ('delete', old.key, old.text);
    insert into pages_index (rowid, text) values (new.key, new.text);
  end;
  `,
  `
  -- JSON of the passages that always stay in the cache.
  alter table documents add column pins text not null default '[]';
  `,
];

/** Marks the file as a library of Folio, for SQLite and for people who look. */
export const applicationId = 0x466f6c69;
