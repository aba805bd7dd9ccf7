//! A pool of databases `minsheng_test_0…`: migrated once, leased one a test by a named lock, cleaned with DELETE.

use minsheng::store::{Store, migrate};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row};

/// A database that no other test uses until this is dropped.
pub struct Lease {
    pub url: String,
    _lock: MySqlConnection,
}

/// The server's address with a database's name in its place.
fn url_of(server: &str, name: &str) -> String {
    let (head, query) = server
        .split_once('?')
        .map_or((server, None), |(h, q)| (h, Some(q)));
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", head.trim_end_matches('/'))
}

impl Lease {
    /// Takes a free database, making it if there is none.
    pub async fn take() -> Self {
        let server = std::env::var("MINSHENG_TEST_DATABASE_URL")
            .expect("MINSHENG_TEST_DATABASE_URL is not set; run the tests with ops/test");
        let mut lock = MySqlConnection::connect(&url_of(&server, ""))
            .await
            .expect("the test database answers");
        for n in 0.. {
            let name = format!("minsheng_test_{n}");
            let got: Option<i64> = sqlx::query_scalar("SELECT CAST(GET_LOCK(?, 0) AS SIGNED)")
                .bind(&name)
                .fetch_one(&mut lock)
                .await
                .unwrap();
            if got == Some(1) {
                let url = url_of(&server, &name);
                prepare(&mut lock, &name, &url).await;
                return Self { url, _lock: lock };
            }
        }
        unreachable!()
    }
}

async fn prepare(lock: &mut MySqlConnection, name: &str, url: &str) {
    let create =
        format!("CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    sqlx::query(AssertSqlSafe(create.clone()))
        .execute(&mut *lock)
        .await
        .unwrap();
    let store = Store::new(url, 2).unwrap();
    if migrate::run(&store).await.is_err() {
        // the schema of another checkout
        sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name}")))
            .execute(&mut *lock)
            .await
            .unwrap();
        sqlx::query(AssertSqlSafe(create))
            .execute(&mut *lock)
            .await
            .unwrap();
        migrate::run(&store).await.expect("migrations run");
    }
    let mut conn = store.conn().await.unwrap();
    let tables =
        sqlx::query("SELECT table_name AS t FROM information_schema.tables WHERE table_schema = ?")
            .bind(name)
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    for table in tables {
        let table: String = table.get("t");
        if table != "_sqlx_migrations" && table != "community" {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
                .execute(&mut *conn)
                .await
                .unwrap();
        }
    }
    drop(conn);
    store.close().await;
}

/// Every value of every table as text, to search for what must not be there.
pub async fn everything(app: &minsheng::app::App) -> String {
    let mut conn = app.store.conn().await.unwrap();
    let columns = sqlx::query(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE()",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut out = Vec::new();
    for column in columns {
        let (table, name): (String, String) = (column.get("t"), column.get("c"));
        let query = format!(
            "SELECT CAST(`{name}` AS BINARY) AS v FROM `{table}` WHERE `{name}` IS NOT NULL"
        );
        for row in sqlx::query(AssertSqlSafe(query))
            .fetch_all(&mut *conn)
            .await
            .unwrap()
        {
            let value: Vec<u8> = row.get("v");
            out.extend_from_slice(&value);
            out.push(b'\n');
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
